package io.waggle.jobs.registry;

import static io.waggle.jobs.registry.Versions.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.v1.Control;
import io.waggle.v1.ModelPin;
import io.waggle.v1.ModelRollback;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollbackLoaderTest {
  private static final ModelName NAME = new ModelName("front", "live", 1_000);

  @TempDir Path directory;

  @Test
  void theVersionsBytesAndLineageGoAlong() throws Exception {
    ModelRegistry.in(directory).put(version(NAME).lineage(), version(NAME).bytes());

    ModelRollback rollback = load(rollback()).getRollback();

    assertThat(rollback.getModel()).isEqualTo(version(NAME).bytes());
    assertThat(rollback.getLineage()).isEqualTo(version(NAME).lineage());
    assertThat(rollback.getProblem()).isEmpty();
  }

  @Test
  void whatIsMissingOrDamagedIsSaid() throws Exception {
    assertThat(load(rollback()).getRollback().getProblem())
        .isEqualTo("front/live@1000: not in the registry");

    ModelRegistry.in(directory).put(version(NAME).lineage(), version(NAME).bytes());
    Files.write(directory.resolve("front/live/1000/model.bin"), new byte[1_000]);
    ModelRollback damaged = load(rollback()).getRollback();
    assertThat(damaged.getProblem()).contains("model.bin: checksum");
    assertThat(damaged.getModel().isEmpty()).isTrue();

    Control outside =
        Control.newBuilder()
            .setRollback(ModelRollback.newBuilder().setSurface("..").setPolicy("x").setVersion(1))
            .build();
    assertThat(load(outside).getRollback().getProblem()).startsWith("surface: ..");
  }

  @Test
  void withoutARegistryThereIsNothingToGoBackTo() throws Exception {
    assertThat(load(new RollbackLoader(null), rollback()).getRollback().getProblem())
        .isEqualTo("no registry is configured");
  }

  @Test
  void otherRecordsPassAsTheyAre() throws Exception {
    Control pin = Control.newBuilder().setPin(ModelPin.getDefaultInstance()).build();

    assertThat(load(pin)).isEqualTo(pin);
  }

  @Test
  void aRegistryThatDoesNotAnswerIsGivenUp() throws Exception {
    Result result = new Result();
    new RollbackLoader(RegistrySettings.in(directory.toUri())).timeout(rollback(), result);

    assertThat(result.get().getRollback().getProblem()).contains("has not answered within");
  }

  private Control load(Control control) throws Exception {
    return load(new RollbackLoader(RegistrySettings.in(directory.toUri())), control);
  }

  private static Control load(RollbackLoader loader, Control control) throws Exception {
    loader.open(DefaultOpenContext.INSTANCE);
    Result result = new Result();
    loader.asyncInvoke(control, result);
    Control loaded = result.get();
    loader.close();
    return loaded;
  }

  private static Control rollback() {
    return Control.newBuilder()
        .setRollback(
            ModelRollback.newBuilder()
                .setSurface(NAME.surface())
                .setPolicy(NAME.policy())
                .setVersion(NAME.version()))
        .build();
  }

  private static final class Result implements ResultFuture<Control> {
    private final CompletableFuture<Control> result = new CompletableFuture<>();

    Control get() throws Exception {
      return result.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void complete(@Nullable Collection<Control> results) {
      result.complete(Objects.requireNonNull(results).iterator().next());
    }

    @Override
    public void completeExceptionally(Throwable error) {
      result.completeExceptionally(error);
    }

    @Override
    public void complete(CollectionSupplier<Control> supplier) {
      throw new UnsupportedOperationException();
    }
  }
}
