package io.waggle.benchmarks.power;

/** Where candidate and logger disagree, what the logger does beside its uniform exploration. */
enum Overlap {
  /** It shows its own favourite: the candidate's is seen by exploration alone. */
  FAVOURITES,

  /** It draws between its favourite and another, as the candidate does with other chances. */
  BLENDS
}
