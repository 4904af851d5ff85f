//! The waits, and how a shop changes them.

/// The waits and thresholds, in milliseconds unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TurnConfig {
    /// Probability of speech at which speech may begin, 0 to 1.
    pub speech_starts: f32,
    /// Probability below which a window is no speech any more; lower than `speech_starts`, so that speech does not flutter.
    pub speech_stops: f32,
    /// What is quieter than this is the line's noise, whatever the detector says. In dB below full scale.
    pub quietest_dbfs: f32,
    /// Speech shorter than this is a click: it begins nothing.
    pub shortest_speech: u64,
    /// A beginning outlives so long without speech (a stop consonant lasts as long).
    pub gap: u64,
    /// The caller has paused after so long without speech.
    pub pause: u64,
    /// Windows of what may be speech over Biseo's voice for so long lower the voice; if no more follow, it comes back after `gap`. A
    /// detector needs some of a word before it knows it for speech, so that 32, a window of Silero's, are 60 to 100 of the caller's.
    pub duck_after: u64,
    /// Speech over Biseo's voice for so long makes it silent, whatever it will turn out to be: nobody talks on into somebody else's
    /// sentence. It goes on where it was as soon as the caller pauses, unless it was an interruption.
    pub hush_after: u64,
    /// Speech over Biseo's voice for so long whose first syllable is no sign of listening takes the floor.
    pub word_after: u64,
    /// The same where that syllable sounds like a cough.
    pub breath_after: u64,
    /// Speech over Biseo's voice for so long without any words takes the floor.
    pub takes_floor_after: u64,
    /// The same if all of it so far are signs of listening: 네 네 네.
    pub nods_take_floor_after: u64,
    /// After short speech over Biseo's voice, so long is waited for its words.
    pub judge_within: u64,
    /// The same if its words are signs of listening: so long is waited for more.
    pub nod_within: u64,
    /// A yes that begins so shortly before the end of what Biseo says answers it.
    pub answers_before_end: u64,
    /// Speech that is over, gave no words and was shorter than this is a noise and no turn.
    pub noise: u64,
    /// The wait after a yes or no to a question that asks for one.
    pub wait_answer: u64,
    /// The wait after what can be answered and is often gone on with.
    pub wait_open: u64,
    /// The wait after a finished clause that can be answered, spoken with a falling voice.
    pub wait_falling: u64,
    /// The same, the voice not falling.
    pub wait_complete: u64,
    /// The wait after a bare 네 that nothing asked for.
    pub wait_nod: u64,
    /// The usual wait.
    pub wait_usual: u64,
    /// The wait when more is likely to come: 그리고, 음, 는데.
    pub wait_more: u64,
    /// The wait within a dictated number.
    pub wait_digits: u64,
    /// Every wait is multiplied by this, in percent, before the bounds hold. 50 to 300.
    pub patience_percent: u32,
    /// No turn ends sooner after its last speech. From 150.
    pub shortest_wait: u64,
    /// No turn ends later after its last speech. Up to 2000.
    pub longest_wait: u64,
    /// After so long a pause the reply is worth deciding.
    pub speculate_after: u64,
    /// Whether there is an [`EndOfTurnModel`](super::EndOfTurnModel) to be asked.
    pub model: bool,
    /// A turn is closed after so much speech, whatever comes: a radio beside the telephone does not hold the line for ever.
    pub longest_turn: u64,
    /// If so long after the expected end of what Biseo says nobody has told its end, it is taken to be over.
    pub stalled: u64,
}

impl Default for TurnConfig {
    fn default() -> Self {
        Self {
            speech_starts: 0.5,
            speech_stops: 0.35,
            quietest_dbfs: -60.0,
            shortest_speech: 64,
            gap: 64,
            pause: 96,
            duck_after: 32,
            hush_after: 128,
            word_after: 96,
            breath_after: 200,
            takes_floor_after: 450,
            nods_take_floor_after: 1000,
            judge_within: 400,
            nod_within: 250,
            answers_before_end: 900,
            noise: 120,
            wait_answer: 340,
            wait_open: 600,
            wait_falling: 320,
            wait_complete: 390,
            wait_nod: 600,
            wait_usual: 620,
            wait_more: 1300,
            wait_digits: 1500,
            patience_percent: 100,
            shortest_wait: Self::SHORTEST,
            longest_wait: Self::LONGEST,
            speculate_after: 96,
            model: false,
            longest_turn: 30_000,
            stalled: 3_000,
        }
    }
}

impl TurnConfig {
    /// The least bound of a wait: below it lies the silence of a stop consonant.
    pub const SHORTEST: u64 = 150;
    /// The greatest bound of a wait: beyond it the caller asks whether anybody is there.
    pub const LONGEST: u64 = 2_000;

    /// With a shop's bounds. What lies outside of [`Self::SHORTEST`] and [`Self::LONGEST`] is brought within, a patience
    /// outside of 50 to 300 percent likewise.
    pub fn within(mut self, shortest: u64, longest: u64, patience_percent: u32) -> Self {
        self.shortest_wait = shortest.clamp(Self::SHORTEST, Self::LONGEST);
        self.longest_wait = longest.clamp(self.shortest_wait, Self::LONGEST);
        self.patience_percent = patience_percent.clamp(50, 300);
        self
    }

    /// A wait as this shop has it.
    pub(super) fn bounded(&self, wait: u64) -> u64 {
        let patient = wait.saturating_mul(u64::from(self.patience_percent)) / 100;
        let shortest = self.shortest_wait.clamp(Self::SHORTEST, Self::LONGEST);
        patient.clamp(shortest, self.longest_wait.clamp(shortest, Self::LONGEST))
    }
}
