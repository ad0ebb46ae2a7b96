package io.waggle.app.demo;

import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The stories of the day and how they look to the service. Immutable; any thread. */
final class Newsroom {
  static final List<String> CATEGORIES =
      List.of("politics", "business", "sport", "culture", "science", "travel");

  /** Stories in the catalogue: the most that a request offers. */
  static final int ARTICLES = 50;

  private final List<Article> articles;

  Newsroom(long seed) {
    Random random = new Random(seed);
    List<Article> written = new ArrayList<>(ARTICLES);
    for (int i = 0; i < ARTICLES; i++) {
      String category = CATEGORIES.get(i % CATEGORIES.size());
      written.add(new Article(category + "-" + i, category, 0.5 + random.nextDouble()));
    }
    articles = List.copyOf(written);
  }

  List<Article> articles() {
    return articles;
  }

  /** The story as an action: its id, and its category in namespace {@code topic}. */
  static Action action(Article article) {
    return Action.newBuilder()
        .setId(article.id())
        .addNamespaces(
            Namespace.newBuilder()
                .setName("topic")
                .addFeatures(text("category", article.category())))
        .build();
  }

  /** Who it is as namespace {@code visitor}, in what situation as namespace {@code moment}. */
  static List<Namespace> context(Audience audience, Situation situation) {
    return List.of(
        Namespace.newBuilder()
            .setName("visitor")
            .addFeatures(text("audience", audience.label()))
            .build(),
        Namespace.newBuilder()
            .setName("moment")
            .addFeatures(text("device", situation.device()))
            .addFeatures(text("daypart", situation.daypart()))
            .build());
  }

  private static Feature text(String name, String value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(value))
        .build();
  }
}
