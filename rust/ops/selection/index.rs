//! Basic indexing: integers, slices and new axes, without a copy. The gradient is `gy` in its
//! place among zeros.

use crate::error::Result;
use crate::graph::{Ctx, Var};
use crate::ops::shapes::{Relayout, view};
use crate::tensor::{Layout, Pick};

/// The entries of a basic index; resolved and within bounds.
#[derive(Clone)]
pub struct Picks(pub Vec<Pick>);

impl Relayout for Picks {
    const NAME: &'static str = "GetItem";
    const ADJOINT: &'static str = "GetItemGrad";

    fn of(&self, layout: &Layout) -> Layout {
        layout.pick(&self.0)
    }
}

/// The elements that a basic index picks.
pub fn index(g: &Ctx<'_>, x: &Var, picks: Vec<Pick>) -> Result<Var> {
    view(g, x, Picks(picks))
}
