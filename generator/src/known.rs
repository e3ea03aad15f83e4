//! What the verbs know from the last portal of a site, so that only what changed is made again. A portal made with
//! it is the one that is made without. A build knows nothing.

use std::sync::Arc;

use crate::check;
use crate::diag::Diagnostics;
use crate::gate;
use crate::parse;
use crate::plan;
use crate::register::Registers;
use crate::render;
use crate::source::Source;
use crate::theme::Theme;

/// Results of the last run, each with what it was made of.
pub(crate) struct Known {
    /// The registers that a site's own definitions make of the built-in ones.
    pub(crate) registers: Last<Registers>,
    /// The theme, which is made of its files and of the settings.
    pub(crate) theme: Last<Theme>,
    pub(crate) files: parse::Files,
    pub(crate) checked: check::Known,
    pub(crate) planned: plan::Known,
    /// What is private in texts and values.
    pub(crate) searched: gate::Searched,
    /// Rows of data files.
    pub(crate) tables: Arc<render::Lately>,
}

impl Known {
    /// For a run that is the only one.
    pub(crate) fn nothing() -> Known {
        Known {
            registers: Last(None),
            theme: Last(None),
            files: parse::Files::forgetful(),
            checked: check::Known::forgetful(),
            planned: plan::Known::forgetful(),
            searched: gate::Searched::forgetful(),
            tables: Arc::default(),
        }
    }

    /// For the first of many.
    pub(crate) fn nothing_yet() -> Known {
        Known {
            files: parse::Files::remembering(),
            checked: check::Known::remembering(),
            planned: plan::Known::remembering(),
            searched: gate::Searched::remembering(),
            ..Known::nothing()
        }
    }
}

/// What was made last, and of which sources.
pub(crate) struct Last<T>(Option<(Vec<Source>, Arc<T>)>);

impl<T> Last<T> {
    /// What `make` makes of these sources, which it must read nothing beside.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn made_of(
        &mut self,
        sources: Vec<Source>,
        make: impl FnOnce() -> Result<T, Diagnostics>,
    ) -> Result<Arc<T>, Diagnostics> {
        if let Some((of, made)) = &self.0
            && are_same(of, &sources)
        {
            return Ok(made.clone());
        }
        let made = Arc::new(make()?);
        self.0 = Some((sources, made.clone()));
        Ok(made)
    }
}

fn are_same(last: &[Source], now: &[Source]) -> bool {
    last.len() == now.len() && last.iter().zip(now).all(|(a, b)| a.is_same(b))
}
