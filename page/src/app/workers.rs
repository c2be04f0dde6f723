//! What is asked of workers, and what they say.

use std::mem;
use std::rc::Rc;

use connlab::help::Help;
use connlab::question::{Question, Topic};

use super::{App, Effect, Thumb};
use crate::asked::{News, Worker};
use crate::panel::{Ask, Told};
use crate::picture;
use crate::state::{Run, View};

impl App {
    /// Has the right column be about the run that is shown and the error whose row is open, and asks what is not known.
    pub(super) fn look(&mut self) {
        let is_there = self.page.run == Run::Done;
        let run = self.page.shown().filter(|_| is_there);
        let kind = self.page.selected_kind().filter(|_| is_there);
        if !self.panel.looks_at(run, kind) {
            Rc::make_mut(&mut self.panel).look(run, kind);
        }
        // While something moves, there is always a newer place to be.
        let in_turn = self.page.is_dragged || !self.playhead.rests();
        if let Some(question) = self.player.question(in_turn, self.calm) {
            self.ask_stage(question);
        }
        // Explanations take longer than a step of a drag: they are asked for where the thumb rests.
        if is_there && self.page.is_dragged && self.thumb != Thumb::Rests {
            if mem::replace(&mut self.thumb, Thumb::Stops) == Thumb::Moves {
                self.effects.push(Effect::Watch);
            }
            return;
        }
        // What settings mean is asked where there are settings.
        let has_settings = is_there && matches!(self.page.view(), View::Workbench | View::Projector);
        let mut questions = Vec::from_iter(has_settings.then(Question::help));
        questions.append(&mut self.panel.questions(&self.page, self.playhead.at));
        questions.retain(|question| !self.page.hides_answer(question.topic));
        for question in questions {
            if self.asked[Worker::Explainer as usize].wants(&question) {
                self.bring_later();
                self.asked[Worker::Explainer as usize].put(question.clone());
                self.effects.push(Effect::Ask(Worker::Explainer, question));
            }
        }
    }

    pub(super) fn bring_later(&mut self) {
        if !mem::replace(&mut self.has_later, true) {
            self.effects.push(Effect::Later);
        }
    }

    fn ask_stage(&mut self, question: Question) {
        self.asked[Worker::Stage as usize].put(question.clone());
        self.effects.push(Effect::Ask(Worker::Stage, question));
    }

    /// The worker listens: what has been asked meanwhile is asked again.
    fn resume(&mut self, worker: Worker) {
        self.effects.push(Effect::Listen(worker));
        for question in self.asked[worker as usize].questions() {
            self.effects.push(Effect::Ask(worker, question));
        }
    }

    /// Nobody explains to a page that is hidden; what is open then is asked again when it is seen.
    pub(super) fn hide(&mut self, is_hidden: bool) {
        if is_hidden {
            self.effects.push(Effect::Forget);
        } else {
            let open = self.asked[Worker::Explainer as usize].open();
            self.effects.extend(open.map(|question| Effect::Ask(Worker::Explainer, question.clone())));
        }
    }

    /// What is said of the scene.
    pub(super) fn see(&mut self, news: News) {
        match news {
            News::Ready => self.resume(Worker::Stage),
            News::Lost => self.player.is_lost = true,
            News::Told(told) if told.question.topic == Topic::Picture => self.take_picture(Some(told.html)),
            News::Told(told) => {
                if let Some(motion) = self.player.hear(&told, self.playhead.playing) {
                    self.go(motion);
                }
            }
        }
    }

    /// What explanations say.
    pub(super) fn hear(&mut self, news: News) {
        match news {
            News::Ready => self.resume(Worker::Explainer),
            News::Lost => {
                for question in self.asked[Worker::Explainer as usize].questions() {
                    self.ask(Ask::Told(Told::lost(question)));
                }
            }
            News::Told(told) => {
                let asked = &mut self.asked[Worker::Explainer as usize];
                asked.answered(&told);
                // Its cells have changed.
                if told.question.topic == Topic::Sweep {
                    asked.renew(Topic::Cell);
                }
                self.learn(told);
            }
        }
    }

    fn learn(&mut self, told: Told) {
        if told.question.topic == Topic::Help {
            Rc::make_mut(&mut self.page).help = Rc::new(Help::read(&told.html));
            return;
        }
        // The same about the same is no news: the question was asked again with other settings.
        let before = self.panel.told(told.question.topic);
        let is_known = before.is_some_and(|it| (&it.says, &it.question.text) == (&told.says, &told.question.text));
        if !is_known && !told.says.is_empty() {
            self.said.clone_from(&told.says);
        }
        if self.panel.is_wanted(&told) && !told.html.is_empty() {
            self.effects.push(Effect::Save(self.page.file_name(&told.question.detail), told.html.clone()));
        }
        self.ask(Ask::Told(told));
    }

    /// Hands out scene and charts as they are now; the scene is laid out for it first, if there is one.
    pub(super) fn ask_for_picture(&mut self) {
        let question = self.page.shown().and_then(|shown| self.player.picture(shown, picture::SCENE));
        match question.filter(|_| !self.player.is_lost) {
            Some(question) => self.ask_stage(question),
            None => self.take_picture(None),
        }
    }

    fn take_picture(&mut self, scene: Option<Rc<str>>) {
        if self.page.shown().is_some_and(|shown| shown.complete) {
            self.effects.push(Effect::Picture(scene));
        }
    }
}
