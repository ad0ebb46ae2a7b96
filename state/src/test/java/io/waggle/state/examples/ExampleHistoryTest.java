package io.waggle.state.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.state.examples.ExampleHistory.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExampleHistoryTest {
  private final ExampleHistory history = new ExampleHistory();

  @Test
  void oneAttemptIsOneRange() {
    offer(1, 5, 9);

    assertThat(history.ranges()).containsExactly(new Range(1, 5, 9));
    assertThat(history.size()).isEqualTo(5);
    assertThat(history.lastSequence()).isEqualTo(9);
    assertThat(history.stands(1, 5)).isTrue();
    assertThat(history.stands(1, 10)).isFalse();
    assertThat(history.stands(2, 5)).isFalse();
  }

  @Test
  void newerAttemptReplacesFromItsFirstNumberOn() {
    offer(1, 1, 9);
    offer(4, 6, 7);

    assertThat(history.ranges()).containsExactly(new Range(1, 1, 5), new Range(4, 6, 7));
  }

  @Test
  void attemptThatBeginsBeforeOthersReplacesThemWhole() {
    offer(1, 1, 9);
    offer(2, 8, 12);
    offer(3, 4, 4);

    assertThat(history.ranges()).containsExactly(new Range(1, 1, 3), new Range(3, 4, 4));
  }

  @Test
  void recordOfAnAttemptThatWasGivenUpDoesNotStand() {
    offer(1, 1, 3);
    offer(2, 3, 4);

    assertThat(history.offer(1, 4)).isFalse();
    assertThat(history.offer(1, 5)).isFalse();
    assertThat(history.ranges()).containsExactly(new Range(1, 1, 2), new Range(2, 3, 4));
  }

  @Test
  void repeatStandsOnce() {
    offer(1, 1, 3);

    assertThat(history.offer(1, 3)).isFalse();
    assertThat(history.offer(1, 2)).isFalse();
    assertThat(history.size()).isEqualTo(3);
  }

  @Test
  void gapIsSeen() {
    offer(1, 1, 3);
    offer(1, 7, 8);

    assertThat(history.ranges()).containsExactly(new Range(1, 1, 3), new Range(1, 7, 8));
    assertThat(history.stands(1, 5)).isFalse();
  }

  @Test
  void attemptKnownToHaveBegunReplacesBeforeItsFirstRecordIsSeen() {
    offer(1, 1, 9);
    history.begin(2, 6);

    assertThat(history.ranges()).containsExactly(new Range(1, 1, 5));
    assertThat(history.offer(1, 10)).isFalse();
    assertThat(history.offer(2, 6)).isTrue();
    assertThat(history.ranges()).containsExactly(new Range(1, 1, 5), new Range(2, 6, 6));
  }

  /** Random crashes: what stands is what the last attempt to write each number wrote. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatStandsIsWhatTheSurvivingAttemptsLearned(long seed) {
    Random random = new Random(seed);
    Map<Long, Long> epochBySequence = new TreeMap<>();
    List<long[]> log = new ArrayList<>();
    long checkpoint = 0;
    for (long epoch = 1; epoch <= 6; epoch++) {
      long from = checkpoint;
      epochBySequence.keySet().removeIf(sequence -> sequence > from);
      long sequence = checkpoint;
      int writes = random.nextInt(20);
      for (int i = 0; i < writes; i++) {
        sequence++;
        epochBySequence.put(sequence, epoch);
        log.add(new long[] {epoch, sequence});
        if (random.nextInt(5) == 0) {
          checkpoint = sequence;
        }
      }
      history.begin(epoch, from + 1);
      log.subList(log.size() - writes, log.size())
          .forEach(record -> history.offer(record[0], record[1]));
    }

    Map<Long, Long> standing = new HashMap<>();
    for (long[] record : log) {
      if (history.stands(record[0], record[1])) {
        standing.put(record[1], record[0]);
      }
    }
    assertThat(standing).as("seed %d", seed).isEqualTo(epochBySequence);
    assertThat(history.size()).isEqualTo(epochBySequence.size());
  }

  private void offer(long epoch, long first, long last) {
    for (long sequence = first; sequence <= last; sequence++) {
      assertThat(history.offer(epoch, sequence)).isTrue();
    }
  }
}
