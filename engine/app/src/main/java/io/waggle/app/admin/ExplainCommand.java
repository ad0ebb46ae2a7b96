package io.waggle.app.admin;

import io.waggle.v1.ExplainDecisionRequest;
import io.waggle.v1.ExplanationServiceGrpc;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Why a decision was made as it was, and whether it can be made again: {@code explain ID}. */
@Command(
    name = "explain",
    description = {
      "Explain a decision: what spoke for each action, the draw, the decision made again.",
      "Decisions of a moment ago are in the service's memory, others are looked for in the log."
    },
    mixinStandardHelpOptions = true)
public final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Service service = new Service();

  @Parameters(paramLabel = "ID", description = "The decision, as `rank` answered it.")
  private String decisionId = "";

  @Option(
      names = "--limit",
      defaultValue = "10",
      description = "Most contributions to list for an action (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--actions",
      defaultValue = "3",
      description =
          "So many actions with their contributions, the first shown first"
              + " (default: ${DEFAULT-VALUE}).")
  private int actions;

  @Option(
      names = "--from",
      converter = Time.class,
      paramLabel = "TIME",
      description = "Look in the log from here, as 2026-01-31T12:00:00Z (default: an hour before).")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      converter = Time.class,
      paramLabel = "TIME",
      description = "And up to here (default: now).")
  private @Nullable Instant to;

  /** Reads a time. */
  static final class Time implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException(text + " (expected: as 2026-01-31T12:00:00Z)");
      }
    }
  }

  @Override
  public Integer call() {
    if (limit < 0 || actions < 0) {
      throw new ParameterException(
          spec.commandLine(),
          (limit < 0 ? "--limit: " + limit : "--actions: " + actions) + " (expected: 0 or more)");
    }
    ExplainDecisionRequest request =
        ExplainDecisionRequest.newBuilder()
            .setDecisionId(decisionId)
            .setLimit(limit)
            .setFromMillis(from == null ? 0 : from.toEpochMilli())
            .setToMillis(to == null ? 0 : to.toEpochMilli())
            .build();
    return service.show(
        channel ->
            ExplanationServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(Service.DEADLINE_SECONDS, TimeUnit.SECONDS)
                .explainDecision(request),
        answer -> new ExplanationText(answer, actions).text());
  }
}
