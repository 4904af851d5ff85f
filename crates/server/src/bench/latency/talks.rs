//! What the callers say, and the tone that stands for each utterance: whoever knows the table understands it at once.

use std::sync::Arc;

/// So many utterances make a call.
pub(super) const UTTERANCES: usize = 8;

/// What is said in one call.
type Talk = [&'static str; UTTERANCES];

/// Questions that the example shop answers.
pub(super) const QUESTIONS: Talk = [
    "주차 되나요",
    "몇 시까지 하세요",
    "위치가 어디예요",
    "와이파이 돼요",
    "배달도 하세요",
    "카드로 계산할 수 있어요",
    "강아지 데리고 가도 돼요",
    "쉬는 날이 언제예요",
];

/// Callers of all kinds. Where a table cannot be had another is offered, and the yes takes that.
const KINDS: [Talk; 5] = [
    QUESTIONS,
    [
        "내일 저녁 일곱 시에 네 명 예약하려고요",
        "네",
        "박서준이요",
        "네 이 번호로요",
        "네 맞아요",
        "주차 되나요",
        "와이파이 돼요",
        "아니요 됐어요 감사합니다",
    ],
    [
        "사장님께 전해 주세요",
        "내일 오후에 고기 갖다 드린다고 전해 주세요",
        "김민수요",
        "네 맞아요",
        "주차 되나요",
        "몇 시까지 하세요",
        "위치가 어디예요",
        "아니요 됐어요",
    ],
    [
        "된장찌개 두 개 포장이요",
        "열두 시 반이요",
        "최서연이요",
        "네 이 번호로요",
        "네 맞아요",
        "뭐라고요",
        "배달도 하세요",
        "아니요 그게 다예요",
    ],
    [
        "예약한 거 확인 좀 하려고요",
        "네",
        "한 시간만 늦춰 주세요",
        "네 그렇게 해 주세요",
        "네 맞아요",
        "카드로 계산할 수 있어요",
        "강아지 데리고 가도 돼요",
        "네 알겠습니다",
    ],
];

/// The first utterance's tone, and the way from one to the next, in Hz; all lie within a telephone's band.
const LOWEST: u32 = 300;
const STEP: u32 = 60;
/// How long an utterance is, in samples: 0.6 s.
const LENGTH: usize = 4800;
/// Of a telephone's sound.
const RATE: u32 = 8000;
/// Less than this (of 32768) is silence.
const QUIET: i16 = 500;
/// So much of a tone tells which it is, in samples: 0.1 s.
const ENOUGH: u32 = 800;

/// What the callers of the nth kind say, as sound; the kinds go round. The first is of questions only.
pub(super) fn sounds(kind: usize) -> Vec<Arc<[i16]>> {
    let first = kind % KINDS.len() * UTTERANCES;
    (first..first + UTTERANCES).map(tone).collect()
}

fn tone(utterance: usize) -> Arc<[i16]> {
    let hertz = LOWEST + STEP * u32::try_from(utterance).unwrap_or(0);
    let turn = std::f32::consts::TAU * hertz as f32 / RATE as f32;
    #[expect(clippy::cast_possible_truncation, reason = "within ±8000")]
    let sample = |n: usize| (8000.0 * (turn * n as f32).cos()) as i16;
    (0..LENGTH).map(sample).collect()
}

/// Samples of a frame.
const FRAME: usize = 160;
/// A frame of a tone is at least so loud (mean square).
const FULL: i64 = 4000 * 4000;
/// Between the frames of a tone the number of crossings differs by no more than this; between those of speech by much more.
const EVEN: u32 = 3;

/// Tells which tone sounds, by how often it crosses zero.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Listener {
    samples: u32,
    crossings: u32,
    above: bool,
    /// The fewest and the most crossings of a frame.
    frames: Option<(u32, u32)>,
}

impl Listener {
    /// Takes sound; silence is passed over.
    pub(super) fn hear(&mut self, sound: &[i16]) {
        if sound.iter().all(|s| s.saturating_abs() < QUIET) {
            return;
        }
        let before = self.crossings;
        for s in sound {
            let above = *s >= 0;
            self.crossings += u32::from(above != self.above);
            self.above = above;
        }
        let n = self.crossings - before;
        let power: i64 = sound.iter().map(|s| i64::from(*s) * i64::from(*s)).sum();
        if sound.len() >= FRAME && power >= FULL * i64::try_from(sound.len()).unwrap_or(i64::MAX) {
            let (least, most) = self.frames.unwrap_or((n, n));
            self.frames = Some((least.min(n), most.max(n)));
        }
        self.samples += u32::try_from(sound.len()).unwrap_or(0);
    }

    /// What was said, if enough was heard to tell.
    pub(super) fn words(&self) -> &'static str {
        if self.samples < ENOUGH {
            return "";
        }
        // Speech, for a detector that knows speech from tones: one question or another.
        if self.frames.is_none_or(|(least, most)| most - least > EVEN) {
            return QUESTIONS[self.samples as usize / 160 % UTTERANCES];
        }
        let hertz = self.crossings * RATE / self.samples / 2;
        let nearest = (hertz.saturating_sub(LOWEST) + STEP / 2) / STEP;
        let all = KINDS.as_flattened();
        all.get(nearest as usize).copied().unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_utterance_is_told_from_the_others_by_its_tone() {
        for (kind, talk) in KINDS.iter().enumerate() {
            for (sound, &words) in sounds(kind).iter().zip(talk) {
                for heard in [900, 1600, LENGTH] {
                    let mut listener = Listener::default();
                    listener.hear(&[0; 160]);
                    sound[..heard].chunks(160).for_each(|frame| listener.hear(frame));
                    assert_eq!(listener.words(), words, "{kind}, {heard}");
                }
            }
        }
        assert_eq!(Listener::default().words(), "");
    }
}
