//! Every engine through the shared suite.

use std::path::Path;

use biseo_speech::engines::demo_ctc::DemoCtc;
use biseo_speech::engines::espeak::Espeak;
use biseo_speech::engines::silero::{SileroModel, SileroVad};
use biseo_speech_suite as suite;

#[test]
fn silero_is_a_vad() {
    let model = SileroModel::embedded().unwrap();
    suite::vad::check(&|| Box::new(SileroVad::new(model.clone())));
}

#[test]
fn espeak_is_a_synthesiser() {
    suite::tts::check(&Espeak::new());
}

#[test]
fn the_demo_recogniser_is_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/demo-ko");
    suite::stt::check(&DemoCtc::load(&folder).unwrap(), suite::stt::Tells::AsItGoes);
}
