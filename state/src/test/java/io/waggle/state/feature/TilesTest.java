package io.waggle.state.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.WindowTiles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TilesTest {
  private static final long HOUR = 3_600_000;
  private static final long START = 1_700_000_000_000L;

  @Test
  void whatIsOlderThanTheWindowHasLeftAndWhatIsYoungerThan59SixtiethsHasNot() {
    WindowTiles tiles = Tiles.count(Tiles.empty(HOUR), START);

    assertThat(Tiles.sum(tiles, START)).isEqualTo(1);
    assertThat(Tiles.sum(tiles, START + HOUR / 60 * 59)).isEqualTo(1);
    assertThat(Tiles.sum(tiles, START + HOUR)).isZero();
  }

  @Test
  void lateInteractionCountsWhileItsTileIsKept() {
    WindowTiles tiles = Tiles.count(Tiles.empty(HOUR), START);

    assertThat(Tiles.sum(Tiles.count(tiles, START - HOUR / 2), START)).isEqualTo(2);
    assertThat(Tiles.count(tiles, START - HOUR)).isEqualTo(tiles);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void orderOfArrivalDoesNotMatterAndTheBoundHolds(long seed) {
    Random random = new Random(seed);
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      times.add(START + (long) (random.nextDouble() * 3 * HOUR));
    }
    WindowTiles inOrder = counted(times);
    Collections.shuffle(times, random);
    WindowTiles shuffled = counted(times);

    assertThat(shuffled).as("seed %d", seed).isEqualTo(inOrder);
    assertThat(inOrder.getGapsCount()).isLessThanOrEqualTo(Tiles.MAX_TILES);
    long newest = Collections.max(times);
    long younger = times.stream().filter(time -> newest - time < HOUR / 60 * 59).count();
    long notOlder = times.stream().filter(time -> newest - time <= HOUR).count();
    assertThat(Tiles.sum(inOrder, newest)).isBetween((double) younger, (double) notOlder);
  }

  private static WindowTiles counted(List<Long> times) {
    WindowTiles tiles = Tiles.empty(HOUR);
    for (long time : times) {
      tiles = Tiles.count(tiles, time);
    }
    return tiles;
  }
}
