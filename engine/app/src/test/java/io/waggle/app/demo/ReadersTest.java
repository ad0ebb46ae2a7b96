package io.waggle.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ReadersTest {
  @Test
  void storiesAreClickedAsOftenAsTheirProbabilitySays() {
    Readers readers = new Readers(3);
    double expected = 0;
    int clicks = 0;
    for (int page = 0; page < 20_000; page++) {
      double[] probabilities = readers.open();
      assertThat(probabilities.length).isBetween(10, 50);
      int story = page % probabilities.length;
      expected += probabilities[story];
      clicks += readers.show(story) ? 1 : 0;
    }

    assertThat(expected / 20_000).isBetween(0.05, 0.5);
    assertThat(clicks / 20_000.0).isCloseTo(expected / 20_000, within(0.01));
  }

  @Test
  void theSameChoicesMeetTheSameReaders() {
    Readers one = new Readers(4);
    Readers other = new Readers(4);
    for (int page = 0; page < 500; page++) {
      assertThat(one.open()).isEqualTo(other.open());
      assertThat(one.show(page % 10)).isEqualTo(other.show(page % 10));
    }
  }

  @Test
  void pageViewsAreOpenedAndClosedInTurns() {
    Readers readers = new Readers(5);

    assertThatThrownBy(() -> readers.show(0)).hasMessage("no page view is open");
    readers.open();
    assertThatThrownBy(readers::open).hasMessage("a page view is open");
  }
}
