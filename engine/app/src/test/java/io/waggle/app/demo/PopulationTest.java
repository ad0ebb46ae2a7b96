package io.waggle.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PopulationTest {
  private static final List<Article> CATALOGUE = new Newsroom(1).articles();
  private static final Tastes TASTES = new Tastes(2);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theSameSeedAndAnswersGiveTheSamePageViewsAndClicks(long seed) {
    assertThat(live(seed, 2_000)).isEqualTo(live(seed, 2_000));
    assertThat(live(seed, 2_000)).isNotEqualTo(live(seed + 100, 2_000));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyPageOffersTenToFiftyDifferentStories(long seed) {
    for (PageView view : live(seed, 2_000)) {
      assertThat(view.offered()).hasSizeBetween(10, Newsroom.ARTICLES).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void decisionIdsAreUnique(long seed) {
    List<PageView> views = live(seed, 5_000);
    Set<String> ids = new HashSet<>();
    views.forEach(view -> ids.add(view.decisionId("run")));

    assertThat(ids).hasSameSizeAs(views);
  }

  @Test
  void aSessionKeepsItsSituationAndRemembersWhatWasReadLast() {
    Population population = new Population(1, 1, CATALOGUE);
    PageView first = opened(population, 1_000_000);
    population.close(first, CATALOGUE.get(2), 1_000_000);
    Map<Long, PageView> later = new HashMap<>();
    for (long millis = 1_000_000; later.isEmpty(); millis += 100) {
      PageView view = population.open(millis);
      if (view != null && view.lastRead() != null) {
        later.put(millis, view);
      } else if (view != null) {
        // That session had one page; the next one begins without a story read.
        population.close(view, CATALOGUE.get(2), millis);
      }
    }

    assertThat(later.values())
        .allSatisfy(view -> assertThat(view.lastRead()).isEqualTo(CATALOGUE.get(2).category()));
  }

  @Test
  void nobodyIsInTwoPageViewsAtOnce() {
    Population population = new Population(1, 3, CATALOGUE);
    Set<String> busy = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      assertThat(busy.add(opened(population, 1_000_000).userId())).isTrue();
    }

    assertThat(population.open(2_000_000)).isNull();
  }

  @Test
  void aReactionDependsOnReaderAndPageAndNotOnTheOrderOfCalls() {
    Population population = new Population(1, 10, CATALOGUE);
    PageView one = opened(population, 1_000_000);
    PageView two = opened(population, 1_000_000);

    Population.Reaction before = population.reaction(one, CATALOGUE.get(0), TASTES);
    population.reaction(two, CATALOGUE.get(0), TASTES);

    assertThat(population.reaction(one, CATALOGUE.get(0), TASTES)).isEqualTo(before);
    assertThat(before.delayMillis())
        .isBetween(Population.CLICK_DELAY_MIN_MILLIS, Population.CLICK_DELAY_MAX_MILLIS);
  }

  @Test
  void clicksComeAsOftenAsTheTastesSay() {
    Population population = new Population(5, 2_000, CATALOGUE);
    double expected = 0;
    double clicked = 0;
    for (int i = 0; i < 20_000; i++) {
      PageView view = opened(population, 1_000_000 + i * 4L);
      Article shown = view.offered().get(0);
      expected +=
          TASTES.clickProbability(view.audience(), view.situation(), view.lastRead(), shown);
      Population.Reaction reaction = population.reaction(view, shown, TASTES);
      clicked += reaction.clicks() ? 1 : 0;
      population.close(view, reaction.clicks() ? shown : null, 1_000_000 + i * 4L);
    }

    // Four standard deviations of 20,000 Bernoulli draws.
    assertThat(clicked)
        .isBetween(expected - 4 * Math.sqrt(expected), expected + 4 * Math.sqrt(expected));
  }

  @Test
  void aPopulationWithoutReadersIsRefused() {
    assertThatThrownBy(() -> new Population(1, 0, CATALOGUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("readers: 0");
  }

  private static PageView opened(Population population, long millis) {
    PageView view = population.open(millis);
    assertThat(view).isNotNull();
    if (view == null) {
      throw new AssertionError();
    }
    return view;
  }

  private static List<PageView> live(long seed, int pages) {
    Population population = new Population(seed, 500, CATALOGUE);
    List<PageView> views = new ArrayList<>();
    for (int i = 0; i < pages; i++) {
      long millis = 1_000_000 + i * 4L;
      PageView view = opened(population, millis);
      views.add(view);
      Article shown = view.offered().get(0);
      boolean clicks = population.reaction(view, shown, TASTES).clicks();
      population.close(view, clicks ? shown : null, millis);
    }
    return views;
  }
}
