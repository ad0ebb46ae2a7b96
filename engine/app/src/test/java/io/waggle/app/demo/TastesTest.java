package io.waggle.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TastesTest {
  private static final Situation SITUATION = new Situation("phone", "morning");
  private static final List<Article> ARTICLES = new Newsroom(1).articles();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20, 77})
  void everyProbabilityIsOneOfASumOfTastes(long seed) {
    Tastes tastes = new Tastes(seed);
    for (Audience audience : Audience.values()) {
      for (Article article : ARTICLES) {
        double probability = tastes.clickProbability(audience, SITUATION, "sport", article);
        assertThat(probability).isBetween(Tastes.BASE * 0.5, Tastes.PROBABILITY_MAX);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20, 77})
  void afterEachCategoryAnAudienceWantsExactlyOneNext(long seed) {
    Tastes tastes = new Tastes(seed);
    for (Audience audience : Audience.values()) {
      Set<String> wanted =
          Newsroom.CATEGORIES.stream()
              .flatMap(last -> wantedAfter(tastes, audience, last).stream())
              .collect(Collectors.toSet());
      assertThat(wanted).containsExactlyInAnyOrderElementsOf(Newsroom.CATEGORIES);
      for (String last : Newsroom.CATEGORIES) {
        assertThat(wantedAfter(tastes, audience, last)).hasSize(1).doesNotContain(last);
      }
    }
  }

  @Test
  void withoutAReadStoryOnlyTheSituationCounts() {
    Tastes tastes = new Tastes(1);
    Set<String> liked =
        ARTICLES.stream()
            .filter(
                article ->
                    tastes.clickProbability(Audience.VISITORS, SITUATION, null, article)
                        > Tastes.LIKED)
            .map(Article::category)
            .collect(Collectors.toSet());

    assertThat(liked).hasSize(2);
  }

  @Test
  void anotherSeedIsOtherTastes() {
    long differences =
        ARTICLES.stream()
            .filter(
                article ->
                    probability(new Tastes(2), article) != probability(new Tastes(3), article))
            .count();

    assertThat(differences).isPositive();
    assertThat(ARTICLES)
        .allSatisfy(
            article ->
                assertThat(probability(new Tastes(2), article))
                    .isEqualTo(probability(new Tastes(2), article)));
  }

  private static double probability(Tastes tastes, Article article) {
    return tastes.clickProbability(Audience.SUBSCRIBERS, SITUATION, "food", article)
        + tastes.clickProbability(Audience.SUBSCRIBERS, SITUATION, "sport", article);
  }

  private static Set<String> wantedAfter(Tastes tastes, Audience audience, String last) {
    return ARTICLES.stream()
        .filter(
            article ->
                tastes.clickProbability(audience, SITUATION, last, article)
                    >= tastes.clickProbability(audience, SITUATION, null, article) + 0.5)
        .map(Article::category)
        .collect(Collectors.toSet());
  }
}
