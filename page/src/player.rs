//! Where the playhead's run is wanted, and the question that asks for it. Pure.

use std::mem;
use std::rc::Rc;

use connlab::question::{Question, Topic};
use connlab::scene::{Scene, Viewport};
use connlab::sim::replay::Goal;

use crate::panel::Told;
use crate::playhead::Motion;
use crate::shown::Shown;

/// The run at the playhead, which the explainer makes: what is wanted of it, what is asked for, what has come.
#[derive(Default)]
pub struct Player {
    /// Where the playhead is sent.
    sent: Option<Sent>,
    /// The last question.
    asked: Option<Asked>,
    /// What the scene is painted on.
    pub viewport: Viewport,
    /// The scene at the playhead, or where it last was known, and the run that it is of.
    pub scene: Option<(Rc<Shown>, Rc<Scene>)>,
    /// The explainer does not work: there will be no scene.
    pub is_lost: bool,
}

struct Sent {
    shown: Rc<Shown>,
    goal: Goal,
    has_arrived: bool,
}

struct Asked {
    question: Question,
    shown: Rc<Shown>,
    is_open: bool,
}

impl Player {
    /// Sets out for `goal` in this run.
    pub fn seek(&mut self, shown: &Rc<Shown>, goal: Goal) {
        self.sent = Some(Sent { shown: shown.clone(), goal, has_arrived: false });
    }

    /// The run is another one. What is asked about this one will still be shown: in a drag there is always a newer one.
    pub fn forget(&mut self) {
        self.asked.take_if(|asked| !asked.is_open);
        self.sent = None;
    }

    /// What it wants to know, if that is new. `calm`: nothing is to look as if it moved. `in_turn`: one question after
    /// the other, so that answers keep coming while there is always a newer place to be; otherwise a newer one takes
    /// the place of the one before.
    pub fn question(&mut self, in_turn: bool, calm: bool) -> Option<Question> {
        let Sent { shown, goal, .. } = self.sent.as_ref()?;
        let viewport = Viewport { calm, ..self.viewport };
        let question = Question::scene(Topic::Scene, *goal, &viewport, shown.link.clone());
        let is_asked = |asked: &Asked| asked.question == question && Rc::ptr_eq(&asked.shown, shown);
        if self.asked.as_ref().is_some_and(|asked| is_asked(asked) || in_turn && asked.is_open) {
            return None;
        }
        self.asked = Some(Asked { question: question.clone(), shown: shown.clone(), is_open: true });
        Some(question)
    }

    /// The scene as it is now, on another canvas.
    pub fn picture(&self, shown: &Rc<Shown>, (width, height): (i32, i32)) -> Option<Question> {
        let (_, scene) = self.scene.as_ref().filter(|(of, _)| Rc::ptr_eq(of, shown))?;
        let viewport = Viewport { width, height, scale: 1.0, tallies: false, ..self.viewport };
        Some(Question::scene(Topic::Picture, Goal::At(scene.moment.at), &viewport, shown.link.clone()))
    }

    /// There is an answer; says where the playhead has arrived with it. While it plays, it is always ahead.
    pub fn hear(&mut self, told: &Told, playing: bool) -> Option<Motion> {
        let asked = self.asked.as_mut().filter(|asked| asked.question == told.question)?;
        asked.is_open = false;
        let scene = Scene::read(&told.html);
        let arrived = Motion::Arrived(scene.moment, scene.found);
        self.scene = Some((asked.shown.clone(), Rc::new(scene)));
        let sent = self.sent.as_mut().filter(|sent| Rc::ptr_eq(&sent.shown, &asked.shown))?;
        let is_there = asked.question.is_at(sent.goal);
        let is_news = if is_there { !mem::replace(&mut sent.has_arrived, true) } else { playing };
        is_news.then_some(arrived)
    }
}

#[cfg(test)]
mod tests {
    use connlab::sim::replay::Moment;
    use connlab::time::{SimDuration, SimTime};

    use super::*;
    use crate::shown::shown;

    fn at(ms: u64) -> Goal {
        Goal::At(SimTime::ZERO + SimDuration::from_millis(ms))
    }

    /// What the explainer says when the playhead asks for this instant.
    fn told(question: &Question, ms: u64) -> Told {
        let moment = Moment { at: SimTime::ZERO + SimDuration::from_millis(ms), ..Moment::default() };
        let scene = Scene { moment, found: true, ..Scene::default() };
        let html = scene.to_string().into();
        Told { question: question.clone(), html, says: String::new(), proposes: String::new(), is_whole: true }
    }

    fn run() -> Rc<Shown> {
        Rc::new(shown("duration=1s"))
    }

    #[test]
    fn the_playhead_arrives_once_and_not_again_on_another_canvas() {
        let (mut player, run) = (Player::default(), run());
        player.seek(&run, at(500));
        let question = player.question(false, false).expect("where it is sent");
        assert_eq!(player.question(false, false), None, "it is asked once");
        let arrived = player.hear(&told(&question, 500), false);
        assert!(matches!(arrived, Some(Motion::Arrived(moment, true)) if moment.at.as_millis_f64() == 500.0));
        player.viewport.width = 390;
        let again = player.question(false, false).expect("it is laid out anew");
        assert_eq!(player.hear(&told(&again, 500), false), None);
        assert!(player.scene.is_some());
    }

    #[test]
    fn a_newer_place_takes_the_place_of_the_one_before_unless_there_is_always_a_newer_one() {
        let (mut player, run) = (Player::default(), run());
        player.seek(&run, at(100));
        let first = player.question(false, false).expect("the first place");
        player.seek(&run, at(200));
        assert_eq!(player.question(true, false), None, "in turn, the first is answered first");
        let second = player.question(false, false).expect("at once, it is not");
        assert_eq!(player.hear(&told(&first, 100), false), None);
        assert!(player.scene.is_none(), "nobody waits for it any more");
        assert!(player.hear(&told(&second, 200), false).is_some());
    }

    #[test]
    fn while_it_plays_each_answer_moves_it_on() {
        let (mut player, run) = (Player::default(), run());
        player.seek(&run, at(100));
        let question = player.question(true, false).expect("the first place");
        player.seek(&run, at(116));
        assert!(player.hear(&told(&question, 100), true).is_some());
        assert!(player.question(true, false).is_some_and(|next| next.is_at(at(116))));
    }

    #[test]
    fn in_a_drag_the_run_before_is_seen_and_the_playhead_waits_for_its_own() {
        let (mut player, before, now) = (Player::default(), run(), run());
        player.seek(&before, at(100));
        let question = player.question(true, false).expect("the run before");
        player.forget();
        player.seek(&now, at(100));
        assert_eq!(player.question(true, false), None);
        assert_eq!(player.hear(&told(&question, 100), false), None);
        assert!(player.scene.as_ref().is_some_and(|(of, _)| Rc::ptr_eq(of, &before)));
        assert!(player.picture(&before, (960, 216)).is_some() && player.picture(&now, (960, 216)).is_none());
        let question = player.question(true, false).expect("its own");
        assert!(player.hear(&told(&question, 100), false).is_some());
    }
}
