package io.waggle.jobs.registry;

import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.v1.Control;
import io.waggle.v1.ModelRollback;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Puts a version's bytes and lineage beside the order to go back to it, so that the learner does
 * not wait for a file system. Where the version is absent or damaged, or the registry does not
 * answer within {@link #PATIENCE}, the problem goes along instead. Other records pass as they are;
 * order is kept.
 */
public final class RollbackLoader extends RichAsyncFunction<Control, Control> {
  private static final long serialVersionUID = 1L;

  /** A registry that has not answered by then is given up. */
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Records on their way at a time; at the bound {@code control} waits. */
  public static final int CAPACITY = 16;

  private final @Nullable RegistrySettings settings;
  private transient @Nullable ExecutorService thread;

  /**
   * @param settings null: there is no registry, and no version to go back to
   */
  public RollbackLoader(@Nullable RegistrySettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread loader = new Thread(task, "rollback loader");
              loader.setDaemon(true);
              return loader;
            });
  }

  @Override
  public void asyncInvoke(Control control, ResultFuture<Control> result) {
    if (!control.hasRollback()) {
      result.complete(List.of(control));
    } else if (settings == null) {
      result.complete(List.of(failed(control, "no registry is configured")));
    } else {
      ModelRegistry registry = settings.open();
      Objects.requireNonNull(thread, "open was not called")
          .execute(() -> result.complete(List.of(loaded(registry, control))));
    }
  }

  @Override
  public void timeout(Control control, ResultFuture<Control> result) {
    result.complete(List.of(failed(control, "the registry has not answered within " + PATIENCE)));
  }

  private static Control loaded(ModelRegistry registry, Control control) {
    ModelRollback rollback = control.getRollback();
    try {
      ModelName name =
          new ModelName(rollback.getSurface(), rollback.getPolicy(), rollback.getVersion());
      return control.toBuilder()
          .setRollback(
              rollback.toBuilder()
                  .setModel(registry.bytes(name))
                  .setLineage(registry.show(name).getLineage())
                  .clearProblem())
          .build();
    } catch (IOException | RuntimeException e) {
      return failed(control, String.valueOf(e.getMessage()));
    }
  }

  private static Control failed(Control control, String problem) {
    return control.toBuilder()
        .setRollback(
            control.getRollback().toBuilder().clearModel().clearLineage().setProblem(problem))
        .build();
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
