package io.waggle.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waggle.benchmarks.loop.TemporaryDirectory;
import io.waggle.state.view.KeyValueView;
import io.waggle.state.view.KeyValueView.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A service's local view: a value found, a key that is not there, and a batch of records with the
 * next offset. 100,000 users with 1 kB each. {@code waggle bench jmh View}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ViewBenchmark {
  private static final int VALUE_BYTES = 1_000;

  @Param("100000")
  private int users;

  /** Records of a batch that is written. */
  @Param("500")
  private int batch;

  private final Random random = new Random(9);
  private TemporaryDirectory directory;
  private KeyValueView view;
  private long offset;

  /** Fills the view. */
  @Setup(Level.Trial)
  public void fill() throws Exception {
    directory = TemporaryDirectory.create("view");
    view = KeyValueView.open(directory.path().resolve("view"));
    for (int first = 0; first < users; first += batch) {
      List<Entry> entries = new ArrayList<>(batch);
      for (int user = first; user < Math.min(users, first + batch); user++) {
        entries.add(new Entry(key(user), value()));
      }
      offset += entries.size();
      view.apply(0, entries, offset);
    }
  }

  private static byte[] key(int user) {
    return ("user-" + user).getBytes(UTF_8);
  }

  private byte[] value() {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    return value;
  }

  @TearDown(Level.Trial)
  public void close() throws Exception {
    view.close();
    directory.close();
  }

  /** A user's value, any user as likely. */
  @Benchmark
  public byte @Nullable [] find() {
    return view.get(key(random.nextInt(users)));
  }

  /** A user nobody has heard of. */
  @Benchmark
  public byte @Nullable [] miss() {
    return view.get(key(users + random.nextInt(users)));
  }

  /** A batch of new values. */
  @Benchmark
  public void write() {
    List<Entry> entries = new ArrayList<>(batch);
    for (int i = 0; i < batch; i++) {
      entries.add(new Entry(key(random.nextInt(users)), value()));
    }
    offset += batch;
    view.apply(0, entries, offset);
  }
}
