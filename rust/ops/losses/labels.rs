//! Class labels, checked against the logits that they belong to.

use crate::error::{Error, Kind, Result, Tuple};
use crate::tensor::Dims;

/// What stands for a label that does not count.
const IGNORED: usize = usize::MAX;

/// One class per row of logits; some may be ignored.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Sizes per axis: those of the logits but the last.
    pub shape: Dims,
    /// How many classes there are: the last size of the logits.
    pub classes: usize,
    of_row: Vec<usize>,
}

impl Labels {
    /// Labels of logits of a shape; those that equal `ignored` do not count.
    pub fn new(
        op: &'static str,
        logits: &[usize],
        (shape, values): (&[usize], &[i64]),
        ignored: i64,
    ) -> Result<Self> {
        let Some((&classes, rows)) = logits.split_last() else {
            let message = "the scores need an axis of classes, got a number".to_string();
            return Err(Error::argument(op, message));
        };
        if rows != shape {
            let what = "labels, one for each row of scores,";
            let (want, got) = (rows.into(), shape.into());
            return Err(Kind::ShapeMismatch { op, what, want, got }.into());
        }
        let resolve = |(at, &label): (usize, &i64)| match usize::try_from(label) {
            _ if label == ignored => Ok(IGNORED),
            Ok(class) if class < classes => Ok(class),
            _ => {
                let place = position(shape, at);
                let message = format!(
                    "label {label} at {} is none of the {classes} classes, which count from 0",
                    Tuple(&place)
                );
                Err(Error::argument(op, message))
            }
        };
        let of_row = values.iter().enumerate().map(resolve).collect::<Result<_>>()?;
        Ok(Self { shape: shape.into(), classes, of_row })
    }

    /// The class of a row, or `None` where it is ignored.
    #[inline(always)]
    pub fn get(&self, row: usize) -> Option<usize> {
        match self.of_row[row] {
            IGNORED => None,
            class => Some(class),
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.of_row.len()
    }

    /// The classes of the rows that count.
    pub fn kept(&self) -> impl Iterator<Item = usize> + '_ {
        self.of_row.iter().copied().filter(|&class| class != IGNORED)
    }
}

/// A place in row-major order as an index per axis.
fn position(shape: &[usize], mut at: usize) -> Vec<usize> {
    let mut place = vec![0; shape.len()];
    for (p, &d) in place.iter_mut().zip(shape).rev() {
        *p = at % d;
        at /= d;
    }
    place
}
