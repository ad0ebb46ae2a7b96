package io.waggle.jobs.registry;

import static io.waggle.jobs.registry.Versions.version;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.jobs.RecordingMetricGroup;
import io.waggle.state.registry.DirectoryFiles;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.registry.RegistryFiles;
import io.waggle.state.registry.Retention;
import io.waggle.v1.ModelPin;
import io.waggle.v1.RegisteredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RegistryWriterTest {
  private static final long HOUR = 3_600_000;
  private static final ModelName FIRST = new ModelName("front", "live", HOUR);
  private static final ModelName SECOND = new ModelName("front", "live", 2 * HOUR);
  private static final ModelName THIRD = new ModelName("front", "live", 3 * HOUR);

  @TempDir Path directory;
  private final RecordingMetricGroup metrics = new RecordingMetricGroup();
  private final Reports reports = new Reports();
  private TroubledFiles files;
  private ModelRegistry registry;
  private RegistryWriter writer;

  @BeforeEach
  void open() {
    files = new TroubledFiles(directory);
    registry = new ModelRegistry(files);
    RegistryCounts counts = new RegistryCounts();
    writer =
        new RegistryWriter(
            registry,
            new Retention(1, Duration.ofMinutes(1)),
            Duration.ofMillis(1),
            () -> 9 * HOUR,
            reports,
            counts);
    counts.register(metrics, writer::waiting);
  }

  @AfterEach
  void close() {
    writer.close();
  }

  @Test
  void versionsAreKeptAndTheRetentionIsApplied() throws Exception {
    writer.put(version(FIRST));
    reports.expect("kept " + FIRST, "done");
    writer.put(version(SECOND));
    reports.expect("kept " + SECOND, "gone " + FIRST, "done");

    assertThat(registry.bytes(SECOND)).isEqualTo(version(SECOND).bytes());
    assertThat(registry.contains(FIRST)).isFalse();
    counts(2, 2, 0, 0, 0);
    assertThat(metrics.values()).containsEntry("versions_deleted", 1L);
  }

  @Test
  void aFileSystemThatFailsTwiceIsTriedAThirdTime() throws Exception {
    files.failures.set(2);

    writer.put(version(FIRST));

    reports.expect("kept " + FIRST, "done");
    counts(1, 1, 0, 0, 0);
  }

  @Test
  void whatFailsThreeTimesIsCountedAndTheNextIsKept() throws Exception {
    files.failures.set(3);

    writer.put(version(FIRST));
    reports.expect("done");
    writer.put(version(SECOND));
    reports.expect("kept " + SECOND, "done");

    assertThat(registry.contains(FIRST)).isFalse();
    counts(2, 1, 0, 1, 0);
  }

  @Test
  void whileTheFileSystemHangsOnlyTheNewestVersionWaits() throws Exception {
    files.gate = new CountDownLatch(1);
    writer.put(version(FIRST));
    files.writing.acquire();
    assertThat(writer.put(version(SECOND))).isTrue();
    assertThat(writer.put(version(THIRD))).isFalse();
    assertThat(metrics.values()).containsEntry("versions_waiting", 1);

    files.gate.countDown();

    reports.expect("kept " + FIRST, "done", "kept " + THIRD, "gone " + FIRST, "done");
    counts(3, 2, 1, 0, 0);
  }

  @Test
  void pinnedVersionsStayUntilTheyAreUnpinned() throws Exception {
    writer.put(version(FIRST));
    writer.pin(pin(FIRST, true));
    reports.expect("kept " + FIRST, "done", "pinned " + FIRST, "done");
    writer.put(version(SECOND));
    reports.expect("kept " + SECOND, "done");

    writer.pin(pin(FIRST, false));

    reports.expect("kept " + FIRST, "gone " + FIRST, "done");
  }

  @Test
  void aPinOfWhatIsNotKeptIsAnErrorAndNothingElse() throws Exception {
    writer.pin(pin(FIRST, true));
    writer.pin(ModelPin.newBuilder().setSurface("../..").setPolicy("x").setVersion(1).build());

    reports.expect("done", "done");
    assertThat(metrics.values()).containsEntry("registry_errors", 2L);
  }

  @Test
  void atStartEverythingKeptIsSaidAndWhatIsMissingIsSaidToBeGone() throws Exception {
    registry.put(version(SECOND).lineage(), version(SECOND).bytes());

    writer.announce(Set.of(FIRST, SECOND));

    reports.expect("kept " + SECOND, "gone " + FIRST, "done");
  }

  private void counts(long received, long kept, long replaced, long failed, int waiting) {
    assertThat(metrics.values())
        .containsEntry("versions_received", received)
        .containsEntry("versions_kept", kept)
        .containsEntry("versions_replaced", replaced)
        .containsEntry("versions_failed", failed)
        .containsEntry("versions_waiting", waiting);
    assertThat(received).isEqualTo(kept + replaced + failed + waiting);
  }

  private static ModelPin pin(ModelName name, boolean pinned) {
    return ModelPin.newBuilder()
        .setSurface(name.surface())
        .setPolicy(name.policy())
        .setVersion(name.version())
        .setPinned(pinned)
        .build();
  }

  /** What the writer said, in order. */
  private static final class Reports implements RegistryWriter.Listener {
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

    @Override
    public void kept(RegisteredModel model) {
      said.add((model.getPinned() ? "pinned " : "kept ") + ModelName.of(model.getLineage()));
    }

    @Override
    public void gone(ModelName name) {
      said.add("gone " + name);
    }

    @Override
    public void done() {
      said.add("done");
    }

    void expect(String... reports) throws InterruptedException {
      for (String report : reports) {
        assertThat(said.poll(30, TimeUnit.SECONDS)).isEqualTo(report);
      }
    }
  }

  /** Fails so many writes, or waits at a gate. */
  private static final class TroubledFiles implements RegistryFiles {
    private final RegistryFiles files;
    private final Semaphore writing = new Semaphore(0);
    private final AtomicInteger failures = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    TroubledFiles(Path directory) {
      files = new DirectoryFiles(directory);
    }

    @Override
    public ByteString read(String path) throws IOException {
      return files.read(path);
    }

    @Override
    public void write(String path, ByteString bytes) throws IOException {
      writing.release();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (failures.getAndDecrement() > 0) {
        throw new IOException("the disk is full");
      }
      files.write(path, bytes);
    }

    @Override
    public void delete(String path) throws IOException {
      files.delete(path);
    }

    @Override
    public List<String> names(String folder) throws IOException {
      return files.names(folder);
    }
  }
}
