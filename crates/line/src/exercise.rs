//! What a window would have shown, had a trunk been pulled: for an exercise, in which a copy of the doctor is told that a trunk is dead.

use crate::evidence::{Place, Window};

impl Window {
    /// The window as it would be if nothing came back from a trunk: its probes were sent and never answered, the way to it ends one hop
    /// before it, and of calls by it nothing is known. All else stays.
    #[must_use]
    pub fn without_trunk(&self, trunk: &str) -> Self {
        let mut window = self.clone();
        let of_trunk = window
            .reach
            .iter_mut()
            .filter(|r| r.place == Place::Trunk && r.name == trunk);
        for reach in of_trunk {
            (reach.answered, reach.rtt_us) = (0, None);
            reach.refused.clear();
            reach.codes.clear();
        }
        for path in window.paths.iter_mut().filter(|p| p.trunk == trunk && p.reached) {
            path.reached = false;
            path.hops.pop();
            // A path ends with the last that answered.
            while path.hops.last().is_some_and(Option::is_none) {
                path.hops.pop();
            }
        }
        window.calls.retain(|c| c.trunk != trunk);
        window
    }
}
