package io.waggle.jobs.registry;

import io.waggle.state.model.ServableModel;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.registry.Retention;
import io.waggle.v1.ModelPin;
import io.waggle.v1.RegisteredModel;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to a registry on a thread of its own, one thing after the other, so that a slow or failing
 * file system stops nobody. Called from one thread.
 *
 * <p>Bounds: one version per policy waits, a newer one replaces it; at most {@value #TASKS} things
 * wait, more are refused and counted as failed. What fails is tried {@value #ATTEMPTS} times, then
 * logged and counted, and the next thing is done.
 */
final class RegistryWriter implements AutoCloseable {
  static final int ATTEMPTS = 3;
  static final int TASKS = 10_000;

  private static final Logger LOGGER = LoggerFactory.getLogger(RegistryWriter.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final ModelRegistry registry;
  private final Retention retention;
  private final Duration pause;
  private final LongSupplier clockMillis;
  private final Listener listener;
  private final RegistryCounts counts;
  private final Map<String, ServableModel> waiting = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor thread;

  /** Told on the writer's thread what was done. */
  interface Listener {
    /** A version is kept, or its pin has changed. */
    void kept(RegisteredModel model);

    /** A version is no longer kept. */
    void gone(ModelName name);

    /** What one call asked for is done, or was given up; last of its calls. */
    void done();
  }

  /** Something that a file system may refuse. */
  private interface Step {
    void run() throws IOException;
  }

  /**
   * @param pause before a second attempt; ten times that before a third
   * @param clockMillis milliseconds since 1970 UTC
   */
  RegistryWriter(
      ModelRegistry registry,
      Retention retention,
      Duration pause,
      LongSupplier clockMillis,
      Listener listener,
      RegistryCounts counts) {
    this.registry = registry;
    this.retention = retention;
    this.pause = pause;
    this.clockMillis = clockMillis;
    this.listener = listener;
    this.counts = counts;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(TASKS),
            task -> {
              Thread writer = new Thread(task, "registry writer");
              writer.setDaemon(true);
              return writer;
            });
  }

  /**
   * Says everything that is kept, and that what is not is gone.
   *
   * @param said what was said to be kept before
   * @return false: refused
   */
  boolean announce(Set<ModelName> said) {
    return submit(
        "list the registry",
        () -> {
          Set<ModelName> missing = new HashSet<>(said);
          for (RegisteredModel model : registry.list()) {
            missing.remove(ModelName.of(model.getLineage()));
            listener.kept(model);
          }
          missing.forEach(listener::gone);
        });
  }

  /**
   * Keeps a version; one of the same policy that still waits is left out.
   *
   * @return false: refused, or it took the place of the one that waits
   */
  boolean put(ServableModel model) {
    counts.received.incrementAndGet();
    String policy = model.surface() + "/" + model.policy();
    if (waiting.put(policy, model) != null) {
      counts.replaced.incrementAndGet();
      return false;
    }
    boolean taken = submit(null, () -> keep(policy));
    if (!taken) {
      waiting.remove(policy);
      counts.failed.incrementAndGet();
    }
    return taken;
  }

  /**
   * Pins or unpins; a version that is not kept is left alone, with a word in the log.
   *
   * @return false: refused
   */
  boolean pin(ModelPin pin) {
    return submit(
        "pin a version",
        () -> {
          ModelName name;
          try {
            name = new ModelName(pin.getSurface(), pin.getPolicy(), pin.getVersion());
          } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
          }
          registry.pin(name, pin.getPinned());
          listener.kept(registry.show(name));
          if (!pin.getPinned()) {
            retain(name.surface(), name.policy());
          }
        });
  }

  private void keep(String policy) throws IOException {
    ServableModel model = waiting.remove(policy);
    if (model == null) {
      return;
    }
    ModelName name = new ModelName(model.surface(), model.policy(), model.version());
    try {
      attempt(() -> registry.put(model.lineage(), model.bytes()));
    } catch (IOException | RuntimeException e) {
      counts.failed.incrementAndGet();
      LOGGER.error("Version {} is not in the registry", name, e);
      return;
    }
    counts.kept.incrementAndGet();
    listener.kept(registry.show(name));
    retain(model.surface(), model.policy());
  }

  private void retain(String surface, String policy) throws IOException {
    List<RegisteredModel> expired =
        registry.retain(surface, policy, retention, clockMillis.getAsLong());
    for (RegisteredModel model : expired) {
      counts.deleted.incrementAndGet();
      listener.gone(ModelName.of(model.getLineage()));
    }
  }

  /** Runs a step later; what it throws is logged under that name, tried again where it has one. */
  private boolean submit(@Nullable String name, Step step) {
    try {
      thread.execute(
          () -> {
            try {
              if (name == null) {
                step.run();
              } else {
                attempt(step);
              }
            } catch (IOException | RuntimeException e) {
              counts.errors.incrementAndGet();
              LOGGER.error("Registry: cannot {}", name == null ? "apply the retention" : name, e);
            } finally {
              listener.done();
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      counts.errors.incrementAndGet();
      LOGGER.error("Registry: more than {} things wait; one is left out", TASKS);
      return false;
    }
  }

  private void attempt(Step step) throws IOException {
    Duration rest = pause;
    for (int attempt = 1; ; attempt++) {
      try {
        step.run();
        return;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOGGER.warn("Registry: attempt {} of {} failed", attempt, ATTEMPTS, e);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(rest.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
      rest = rest.multipliedBy(10);
    }
  }

  /** Versions that wait to be written. */
  int waiting() {
    return waiting.size();
  }

  /** Gives up what waits; what is being written gets five seconds. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOGGER.warn("The registry's file system does not answer; its thread is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
