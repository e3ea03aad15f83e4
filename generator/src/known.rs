//! What the verbs know from the last portal of a site, so that only what changed is made again. A portal made with
//! it is the one that is made without. A build knows nothing.

use std::sync::Arc;

use crate::check;
use crate::config::Settings;
use crate::diag::Diagnostics;
use crate::gate;
use crate::markdown::Reference;
use crate::memo::Memo;
use crate::parse;
use crate::register::Registers;
use crate::source::{Slice, Source, Sources};
use crate::theme::{self, Theme};

/// Results of the last run, each with what it was made of.
pub(crate) struct Known {
    registers: Option<(Vec<Source>, Arc<Registers>)>,
    theme: Option<(Vec<Source>, Arc<Theme>)>,
    pub(crate) files: parse::Files,
    pub(crate) checked: check::Known,
    /// The links of texts.
    pub(crate) references: Memo<Slice, Vec<Reference>>,
    /// What is private in texts and values.
    pub(crate) searched: gate::Searched,
}

impl Known {
    /// For a run that is the only one.
    pub(crate) fn nothing() -> Known {
        Known {
            registers: None,
            theme: None,
            files: parse::Files::forgetful(),
            checked: check::Known::forgetful(),
            references: Memo::forgetful(),
            searched: gate::Searched::forgetful(),
        }
    }

    /// For the first of many.
    pub(crate) fn nothing_yet() -> Known {
        Known {
            files: parse::Files::remembering(),
            checked: check::Known::remembering(),
            references: Memo::remembering(),
            searched: gate::Searched::remembering(),
            ..Known::nothing()
        }
    }

    /// The registers that a site's own definitions make of the built-in ones.
    ///
    /// # Errors
    /// Definitions that are not sound.
    pub(crate) fn registers(
        &mut self,
        own: Vec<Source>,
        load: impl FnOnce(&[Source]) -> Result<Registers, Diagnostics>,
    ) -> Result<Arc<Registers>, Diagnostics> {
        if let Some((of, registers)) = &self.registers
            && are_same(of, &own)
        {
            return Ok(registers.clone());
        }
        let registers = Arc::new(load(&own)?);
        self.registers = Some((own, registers.clone()));
        Ok(registers)
    }

    /// The theme of a site. It is made of its files and of the settings.
    ///
    /// # Errors
    /// A theme that is not there or not sound.
    pub(crate) fn theme(&mut self, sources: &Sources, settings: &Settings) -> Result<Arc<Theme>, Diagnostics> {
        let made_of: Vec<Source> = sources.themes.iter().chain(&sources.settings).cloned().collect();
        if let Some((of, theme)) = &self.theme
            && are_same(of, &made_of)
        {
            return Ok(theme.clone());
        }
        let theme = Arc::new(theme::load(sources, settings)?);
        self.theme = Some((made_of, theme.clone()));
        Ok(theme)
    }
}

fn are_same(last: &[Source], now: &[Source]) -> bool {
    last.len() == now.len() && last.iter().zip(now).all(|(a, b)| a.is_same(b))
}
