package io.waggle.benchmarks.scoring;

/** What scores the same actions by the same weights. */
enum Contender {
  /** A loop that sums the weights one after another by indices made before. */
  BARE_LOOP("bare loop", "#888"),

  /** The scorer, where the actions are the same objects in every request. */
  CATALOGUE("scorer, catalogue", "#2ca02c"),

  /** The scorer, where every feature is hashed in every request. */
  HASHED("scorer, by value", "#1f77b4"),

  /** Vowpal Wabbit's text interface, the text made before. */
  VOWPAL_WABBIT("VW, text", "#ff7f0e");

  final String label;
  final String color;

  Contender(String label, String color) {
    this.label = label;
    this.color = color;
  }
}
