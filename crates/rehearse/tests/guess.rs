//! A caller on a real call hears what is asked: every question of the wording is guessed right from its words alone.

use biseo_conversation::{Flows, Language, Values};
use biseo_rehearse::{asked_by, guess};

#[test]
fn every_question_is_guessed() {
    let flows = Flows::built_in();
    let values = Values::from([
        ("when", "내일 저녁 7시".to_string()),
        ("list", "지은, 민호나 수아".to_string()),
        ("was", "내일 저녁 7시".to_string()),
        ("to", "저녁 8시".to_string()),
        ("item", "양념".to_string()),
        ("items", "양념 1개".to_string()),
        ("staff", "민호님".to_string()),
        ("time", "저녁 7시".to_string()),
        ("date", "모레".to_string()),
        ("phone", "010-1234-5678".to_string()),
        ("name", "김민수".to_string()),
    ]);
    let (mut wrong, mut noisy, mut right) = (Vec::new(), 0, 0);
    for language in [Language::Ko, Language::En] {
        let wording = flows.wording(language);
        for (key, _) in wording.keys() {
            let Some(awaiting) = asked_by(key) else { continue };
            for turn in 0..2 {
                let text = wording.sentence(key, turn, &values);
                for heard in [text.clone(), format!("네, 말씀하신 대로 할게요. {text}")] {
                    if guess(&heard) != Some(awaiting) {
                        wrong.push(format!("{key}: {heard:?} is taken for {:?}", guess(&heard)));
                    }
                }
                noisy += 1;
                right += usize::from(guess(&worse(&text)) == Some(awaiting));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(right * 100 >= noisy * 95, "{right} of {noisy} when misheard");
}

/// As a recogniser may hear it: every ninth character is lost, blanks are elsewhere.
fn worse(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .enumerate()
        .filter(|(i, _)| i % 9 != 8);
    kept.flat_map(|(i, c)| [Some(c), (i % 4 == 3).then_some(' ')])
        .flatten()
        .collect()
}
