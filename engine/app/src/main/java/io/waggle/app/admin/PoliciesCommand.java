package io.waggle.app.admin;

import io.grpc.Channel;
import io.waggle.v1.AddPolicyRequest;
import io.waggle.v1.ChangePolicyRequest;
import io.waggle.v1.ExplainPolicyRequest;
import io.waggle.v1.GetPolicyValueRequest;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.PausePolicyRequest;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.PolicyServiceGrpc.PolicyServiceBlockingStub;
import io.waggle.v1.RemovePolicyRequest;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The policies of a running service: {@code policies [list|value|add|change|pause|...]}. */
@Command(
    name = "policies",
    description = {
      "List, add, change, pause, remove and explain a running service's policies.",
      "Without a command: list. Changes are followed while everything runs."
    },
    mixinStandardHelpOptions = true)
public final class PoliciesCommand implements Callable<Integer> {
  @Mixin private Service service = new Service();

  @Option(names = "--surface", description = "Only this surface.")
  private String surface = "";

  @Override
  public Integer call() {
    return list(service, surface);
  }

  @Command(
      name = "list",
      description = "What the policies learned and what they are worth.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin Service at,
      @Option(names = "--surface", defaultValue = "", description = "Only this surface.")
          String only) {
    return at.show(
        channel ->
            policies(channel)
                .listPolicies(ListPoliciesRequest.newBuilder().setSurface(only).build()),
        PolicyText::list);
  }

  @Command(
      name = "add",
      description = "Add a policy; it learns from the next decision on.",
      mixinStandardHelpOptions = true)
  int add(
      @Mixin Service at,
      @Parameters(paramLabel = "SURFACE/POLICY", converter = PolicyName.Reader.class)
          PolicyName name,
      @Mixin PolicySource source,
      @Mixin Author author) {
    AddPolicyRequest request =
        AddPolicyRequest.newBuilder()
            .setSurface(name.surface())
            .setPolicy(source.policy(name.policy()))
            .setAuthor(author.name())
            .build();
    return at.show(channel -> policies(channel).addPolicy(request), done -> name + " is added.");
  }

  @Command(
      name = "change",
      description = "Change a policy; with another command line it starts anew.",
      mixinStandardHelpOptions = true)
  int change(
      @Mixin Service at,
      @Parameters(paramLabel = "SURFACE/POLICY", converter = PolicyName.Reader.class)
          PolicyName name,
      @Mixin PolicySource source,
      @Mixin Author author) {
    ChangePolicyRequest request =
        ChangePolicyRequest.newBuilder()
            .setSurface(name.surface())
            .setPolicy(source.policy(name.policy()))
            .setAuthor(author.name())
            .build();
    return at.show(
        channel -> policies(channel).changePolicy(request), done -> name + " is changed.");
  }

  @Command(
      name = "pause",
      description = "Pause a policy: it neither predicts nor learns.",
      mixinStandardHelpOptions = true)
  int pause(
      @Mixin Service at,
      @Parameters(paramLabel = "SURFACE/POLICY", converter = PolicyName.Reader.class)
          PolicyName name,
      @Mixin Author author) {
    return pause(at, name, author, true);
  }

  @Command(
      name = "resume",
      description = "Let a paused policy go on.",
      mixinStandardHelpOptions = true)
  int resume(
      @Mixin Service at,
      @Parameters(paramLabel = "SURFACE/POLICY", converter = PolicyName.Reader.class)
          PolicyName name,
      @Mixin Author author) {
    return pause(at, name, author, false);
  }

  private static int pause(Service at, PolicyName name, Author author, boolean paused) {
    PausePolicyRequest request =
        PausePolicyRequest.newBuilder()
            .setSurface(name.surface())
            .setPolicy(name.policy())
            .setPaused(paused)
            .setAuthor(author.name())
            .build();
    return at.show(
        channel -> policies(channel).pausePolicy(request),
        done -> name + (paused ? " is paused." : " goes on."));
  }

  @Command(
      name = "remove",
      description = "Remove a policy and what it learned.",
      mixinStandardHelpOptions = true)
  int remove(
      @Mixin Service at,
      @Parameters(paramLabel = "SURFACE/POLICY", converter = PolicyName.Reader.class)
          PolicyName name,
      @Mixin Author author) {
    RemovePolicyRequest request =
        RemovePolicyRequest.newBuilder()
            .setSurface(name.surface())
            .setPolicy(name.policy())
            .setAuthor(author.name())
            .build();
    return at.show(
        channel -> policies(channel).removePolicy(request), done -> name + " is removed.");
  }

  @Command(
      name = "explain",
      description = "Say how a policy explores and learns, and which features weigh most.",
      mixinStandardHelpOptions = true)
  int explain(
      @Mixin Service at,
      @Parameters(paramLabel = "SURFACE/POLICY", converter = PolicyName.Reader.class)
          PolicyName name,
      @Option(
              names = "--limit",
              defaultValue = "20",
              description = "Most features to name (default: ${DEFAULT-VALUE}).")
          int limit) {
    ExplainPolicyRequest request =
        ExplainPolicyRequest.newBuilder()
            .setSurface(name.surface())
            .setPolicy(name.policy())
            .setLimit(limit)
            .build();
    return at.show(channel -> policies(channel).explainPolicy(request), PolicyText::explanation);
  }

  @Command(
      name = "value",
      description = "Say what a policy is worth: by estimator, by segment and over time.",
      mixinStandardHelpOptions = true)
  int value(
      @Mixin Service at,
      @Parameters(paramLabel = "SURFACE/POLICY", converter = PolicyName.Reader.class)
          PolicyName name) {
    GetPolicyValueRequest request =
        GetPolicyValueRequest.newBuilder()
            .setSurface(name.surface())
            .setPolicy(name.policy())
            .build();
    return at.show(channel -> policies(channel).getPolicyValue(request), ValueText::of);
  }

  private static PolicyServiceBlockingStub policies(Channel channel) {
    return PolicyServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(Service.DEADLINE_SECONDS, TimeUnit.SECONDS);
  }
}
