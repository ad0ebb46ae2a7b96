package io.waggle.app;

import com.google.protobuf.util.JsonFormat;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.app.report.Table;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.ListPoliciesResponse;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.PolicyStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the policies of a running service with their models and shadow values. */
@Command(
    name = "policies",
    description = "List a running service's policies: what they learned and what they are worth.",
    mixinStandardHelpOptions = true)
final class PoliciesCommand implements Callable<Integer> {
  private static final long DEADLINE_SECONDS = 10;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--at",
      paramLabel = "HOST:PORT",
      description = "The service (default: ${DEFAULT-VALUE}).")
  private String address = "127.0.0.1:8080";

  @Option(names = "--surface", description = "Only this surface.")
  private String surface = "";

  @Option(names = "--json", paramLabel = "FILE", description = "Write the answer as JSON.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException {
    ListPoliciesResponse policies = policies();
    if (json != null) {
      Files.writeString(json, JsonFormat.printer().print(policies) + "\n");
    }
    PrintWriter out = spec.commandLine().getOut();
    table(policies).lines().forEach(out::println);
    out.flush();
    return 0;
  }

  private ListPoliciesResponse policies() {
    ManagedChannel channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
    try {
      return PolicyServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
          .listPolicies(ListPoliciesRequest.newBuilder().setSurface(surface).build());
    } catch (StatusRuntimeException e) {
      throw new IllegalStateException(
          "no answer from %s (%s)".formatted(address, e.getStatus().getCode()), e);
    } finally {
      channel.shutdownNow();
    }
  }

  private static Table table(ListPoliciesResponse response) {
    Table table =
        new Table(
            "surface/policy",
            "kind",
            "learned",
            "model age",
            "decisions",
            "IPS",
            "SNIPS",
            "ESS",
            "value (any time)",
            "lift (any time)");
    for (PolicyStatus policy : response.getPoliciesList()) {
      PolicyEvaluation value = policy.getEvaluation();
      table.row(
          policy.getSurface() + "/" + policy.getPolicy() + (policy.getLive() ? " *" : ""),
          policy.getKind(),
          Long.toString(policy.getEventsLearned()),
          policy.getModelVersion() == 0 ? "-" : policy.getModelAgeMillis() + " ms",
          Long.toString(value.getCount()),
          number("%.4f", value.getIps()),
          number("%.4f", value.getSnips()),
          number("%.0f", value.getEffectiveSampleSize()),
          interval(value.getInterval().getLower(), value.getInterval().getUpper()),
          interval(value.getLift().getLower(), value.getLift().getUpper()));
    }
    return table;
  }

  private static String interval(double lower, double upper) {
    return number("%.4f", lower) + " .. " + number("%.4f", upper);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
