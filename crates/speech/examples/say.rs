//! Speaks a text into a WAV file as a caller would hear it: `say TEXT OUT.wav [ko|en] [VARIANT] [SPEED%]`.

use std::time::Instant;

use biseo_speech::engines::espeak::Espeak;
use biseo_speech::{Language, SAMPLE_RATE, TextToSpeech, Utterance, Voice, normalise};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [text, out, options @ ..] = arguments.as_slice() else {
        return Err("say TEXT OUT.wav [ko|en] [VARIANT] [SPEED%]".into());
    };
    let option = |n: usize| options.get(n).map(String::as_str);
    let language = Language::from_code(option(0).unwrap_or("ko")).ok_or("language: ko or en")?;
    let voice = Voice::new(language)
        .with_variant(option(1).unwrap_or(""))
        .with_speed(option(2).unwrap_or("100").parse()?);
    println!("{}", normalise::speakable(text, language));

    let began = Instant::now();
    let mut stream = Espeak::new().speak(&Utterance::new(text, voice))?;
    let (mut sound, mut first) = (Vec::new(), None);
    while let Some(piece) = stream.next() {
        first.get_or_insert_with(|| began.elapsed());
        sound.extend(piece?);
    }
    let seconds = sound.len() as f64 / f64::from(SAMPLE_RATE);
    println!(
        "{seconds:.2} s of speech; first sound after {:?}, all after {:?}",
        first.unwrap_or_default(),
        began.elapsed()
    );
    std::fs::write(out, wav(&sound))?;
    Ok(())
}

/// A WAV file: RIFF header, PCM, mono, 16 bit.
fn wav(samples: &[i16]) -> Vec<u8> {
    let length = 2 * samples.len() as u32;
    let mut file = Vec::with_capacity(44 + length as usize);
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(SAMPLE_RATE.to_le_bytes());
    file.extend((2 * SAMPLE_RATE).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(length.to_le_bytes());
    file.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
    file
}
