package io.waggle.app.admin;

import io.grpc.Channel;
import io.waggle.state.registry.ModelName;
import io.waggle.v1.DiffModelsRequest;
import io.waggle.v1.GetWriterEpochRequest;
import io.waggle.v1.ListModelsRequest;
import io.waggle.v1.ModelServiceGrpc;
import io.waggle.v1.ModelServiceGrpc.ModelServiceBlockingStub;
import io.waggle.v1.PinModelRequest;
import io.waggle.v1.PromoteWriterRequest;
import io.waggle.v1.RollbackModelRequest;
import io.waggle.v1.ShowModelRequest;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The model versions of a running service, and who publishes them: {@code models
 * list|show|diff|pin|unpin|rollback|epoch|promote}.
 */
@Command(
    name = "models",
    description = "List, show and compare model versions, keep one, go back to one.",
    mixinStandardHelpOptions = true)
public final class ModelsCommand implements Runnable {
  private static final String MODEL = "SURFACE/POLICY@VERSION";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  /** Reads a version's name. */
  static final class Reader implements ITypeConverter<ModelName> {
    @Override
    public ModelName convert(String text) {
      try {
        return ModelName.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Command(
      name = "list",
      description = "The versions in the registry, newest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin Service at,
      @Option(names = "--surface", defaultValue = "", description = "Only this surface.")
          String surface,
      @Option(names = "--policy", defaultValue = "", description = "Only this policy.")
          String policy,
      @Option(
              names = "--limit",
              defaultValue = "100",
              description = "Most versions (default: ${DEFAULT-VALUE}).")
          int limit) {
    ListModelsRequest request =
        ListModelsRequest.newBuilder()
            .setSurface(surface)
            .setPolicy(policy)
            .setLimit(limit)
            .build();
    return at.show(channel -> models(channel).listModels(request), ModelText::list);
  }

  @Command(
      name = "show",
      description = "Where a version comes from.",
      mixinStandardHelpOptions = true)
  int show(
      @Mixin Service at,
      @Parameters(paramLabel = MODEL, converter = Reader.class) ModelName model) {
    ShowModelRequest request =
        ShowModelRequest.newBuilder()
            .setSurface(model.surface())
            .setPolicy(model.policy())
            .setVersion(model.version())
            .build();
    return at.show(
        channel -> models(channel).showModel(request),
        answer -> ModelText.version(answer.getVersion()));
  }

  @Command(
      name = "diff",
      description = "How the weights of two versions differ.",
      mixinStandardHelpOptions = true)
  int diff(
      @Mixin Service at,
      @Parameters(paramLabel = MODEL, converter = Reader.class) ModelName model,
      @Parameters(paramLabel = "VERSION", description = "The other version of that policy.")
          long other,
      @Option(
              names = "--limit",
              defaultValue = "20",
              description = "Most weights to tell (default: ${DEFAULT-VALUE}).")
          int limit) {
    DiffModelsRequest request =
        DiffModelsRequest.newBuilder()
            .setSurface(model.surface())
            .setPolicy(model.policy())
            .setVersion(model.version())
            .setOtherVersion(other)
            .setLimit(limit)
            .build();
    return at.show(channel -> models(channel).diffModels(request), ModelText::difference);
  }

  @Command(
      name = "pin",
      description = "Keep a version whatever the retention says.",
      mixinStandardHelpOptions = true)
  int pin(
      @Mixin Service at,
      @Parameters(paramLabel = MODEL, converter = Reader.class) ModelName model,
      @Mixin Author author) {
    return pin(at, model, author, true);
  }

  @Command(
      name = "unpin",
      description = "Leave a version to the retention again.",
      mixinStandardHelpOptions = true)
  int unpin(
      @Mixin Service at,
      @Parameters(paramLabel = MODEL, converter = Reader.class) ModelName model,
      @Mixin Author author) {
    return pin(at, model, author, false);
  }

  private static int pin(Service at, ModelName model, Author author, boolean pinned) {
    PinModelRequest request =
        PinModelRequest.newBuilder()
            .setSurface(model.surface())
            .setPolicy(model.policy())
            .setVersion(model.version())
            .setPinned(pinned)
            .setAuthor(author.name())
            .build();
    return at.show(
        channel -> models(channel).pinModel(request),
        done -> model + (pinned ? " will be kept." : " is left to the retention."));
  }

  @Command(
      name = "rollback",
      description = "Go back to a version: the learner goes on from it.",
      mixinStandardHelpOptions = true)
  int rollback(
      @Mixin Service at,
      @Parameters(paramLabel = MODEL, converter = Reader.class) ModelName model,
      @Mixin Author author) {
    RollbackModelRequest request =
        RollbackModelRequest.newBuilder()
            .setSurface(model.surface())
            .setPolicy(model.policy())
            .setVersion(model.version())
            .setAuthor(author.name())
            .build();
    return at.show(
        channel -> models(channel).rollbackModel(request),
        done -> "The learning job is told to go back to " + model + ".");
  }

  @Command(
      name = "epoch",
      description = "Which learning job is in charge.",
      mixinStandardHelpOptions = true)
  int epoch(@Mixin Service at) {
    return at.show(
        channel -> models(channel).getWriterEpoch(GetWriterEpochRequest.getDefaultInstance()),
        ModelText::epoch);
  }

  @Command(
      name = "promote",
      description = "Put the learning job of a larger epoch in charge; the others are fenced.",
      mixinStandardHelpOptions = true)
  int promote(
      @Mixin Service at,
      @Parameters(paramLabel = "EPOCH", description = "The job's `epoch`.") long epoch,
      @Mixin Author author) {
    PromoteWriterRequest request =
        PromoteWriterRequest.newBuilder().setEpoch(epoch).setAuthor(author.name()).build();
    return at.show(
        channel -> models(channel).promoteWriter(request),
        done ->
            "Epoch %1$d is in charge instead of %2$d. Models stay as they are until its job runs."
                .formatted(epoch, done.getPreviousEpoch()));
  }

  private static ModelServiceBlockingStub models(Channel channel) {
    return ModelServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(Service.DEADLINE_SECONDS, TimeUnit.SECONDS);
  }
}
