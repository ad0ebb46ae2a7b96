package io.waggle.server.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewCacheTest {
  private final Map<String, String> store = new HashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final ViewCache<String> cache = new ViewCache<>(20_000, String::length);

  @Test
  void aValueAndItsAbsenceAreReadOnce() {
    store.put("a", "1");

    for (int i = 0; i < 3; i++) {
      assertThat(get("a")).isEqualTo("1");
      assertThat(get("b")).isNull();
    }

    assertThat(reads).hasValue(2);
  }

  @Test
  void aRemovedKeyIsReadAgain() {
    store.put("a", "1");
    assertThat(get("a")).isEqualTo("1");
    store.put("a", "2");
    cache.remove("a");

    assertThat(get("a")).isEqualTo("2");
  }

  @Test
  void whatIsAskedForStaysAndWhatIsNotLeaves() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(get("cold-" + i)).isNull();
      assertThat(get("hot")).isNull();
    }
    int before = reads.get();

    assertThat(get("hot")).isNull();
    assertThat(reads).hasValue(before);
    assertThat(get("cold-1")).isNull();
    assertThat(reads).hasValue(before + 1);
    // The hot key was read but once, and every cold one.
    assertThat(before).isEqualTo(1_001);
  }

  /** Nothing stale stays, however reads, removals and full generations meet. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void afterARemovalTheNewValueIsSeen(long seed) throws Exception {
    ConcurrentHashMap<String, String> versions = new ConcurrentHashMap<>();
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService readers = Executors.newFixedThreadPool(2);
    CountDownLatch running = new CountDownLatch(2);
    try {
      Future<?>[] ends = new Future<?>[2];
      for (int i = 0; i < 2; i++) {
        long readerSeed = seed * 10 + i;
        ends[i] =
            readers.submit(
                () -> {
                  Random random = new Random(readerSeed);
                  running.countDown();
                  while (!stop.get()) {
                    var unused = cache.get("k" + random.nextInt(200), versions::get);
                  }
                });
      }
      assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
      Random random = new Random(seed);
      for (int version = 0; version < 20_000; version++) {
        String key = "k" + random.nextInt(200);
        versions.put(key, Integer.toString(version));
        cache.remove(key);

        assertThat(cache.get(key, versions::get)).isEqualTo(Integer.toString(version));
      }
      stop.set(true);
      for (Future<?> end : ends) {
        end.get(10, TimeUnit.SECONDS);
      }
    } finally {
      stop.set(true);
      readers.shutdownNow();
    }
  }

  private @Nullable String get(String key) {
    return cache.get(
        key,
        missing -> {
          reads.incrementAndGet();
          return store.get(missing);
        });
  }
}
