package io.waggle.app.demo;

/**
 * A story of the front page.
 *
 * @param id unique in the catalogue
 * @param category one of {@link Newsroom#CATEGORIES}
 * @param appeal factor of its base click rate, whoever reads it; around 1
 */
record Article(String id, String category, double appeal) {
  Article {
    if (!(appeal > 0)) {
      throw new IllegalArgumentException("appeal: " + appeal + " (expected: above 0)");
    }
  }
}
