package io.waggle.app;

import static java.util.stream.Collectors.joining;

import io.waggle.app.features.FeatureCatalogue;
import io.waggle.app.features.FeatureFigures;
import io.waggle.app.report.JsonFile;
import io.waggle.app.report.LiveScreen;
import io.waggle.app.report.TextFile;
import io.waggle.core.declared.FeatureKinds;
import io.waggle.core.log.InteractionLog;
import io.waggle.core.suggest.FeatureLint;
import io.waggle.core.suggest.FeatureSuggestions;
import io.waggle.core.suggest.InteractionProfile;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.SurfaceYaml;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.Interaction;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Features of a surface: {@code features list|show|lint|suggest}. */
@Command(
    name = "features",
    description = "See, check and suggest the features of a surface.",
    mixinStandardHelpOptions = true)
final class FeaturesCommand implements Runnable {
  private static final String FILE = "The surface file or directory.";
  private static final long LINE_EVERY_MILLIS = 5_000;
  private static final int INTERACTIONS_PER_LOOK = 1_024;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "list",
      description = {
        "The features that surface files declare.",
        "0: they are listed. 1: a file is not good, as config check says."
      },
      mixinStandardHelpOptions = true)
  int list(
      @Parameters(paramLabel = "FILE", description = FILE) Path file,
      @Option(names = "--markdown", description = "As sections of a documentation page.")
          boolean markdown,
      @Option(
              names = "--json",
              paramLabel = "OUT",
              description = "Also write them to this file as JSON.")
          @Nullable Path json) {
    List<SurfaceConfig> surfaces = SurfaceFiles.read(file);
    print(
        surfaces.stream()
            .map(markdown ? FeatureCatalogue::page : FeatureCatalogue::table)
            .map(lines -> String.join("\n", lines))
            .collect(joining("\n\n")));
    if (json != null) {
      JsonFile.write(json, FeatureFigures.of(surfaces));
    }
    return 0;
  }

  @Command(
      name = "show",
      description = {
        "All that is known of one feature: what the learner sees, who learns it, where it comes"
            + " from, and its declaration.",
        "1: no surface of the files has it."
      },
      mixinStandardHelpOptions = true)
  int show(
      @Parameters(paramLabel = "FILE", description = FILE) Path file,
      @Parameters(paramLabel = "FEATURE", description = "Its name.") String name) {
    List<String> found = new ArrayList<>();
    for (SurfaceConfig surface : SurfaceFiles.read(file)) {
      for (FeatureConfig feature : surface.getFeaturesList()) {
        if (feature.getName().equals(name)) {
          found.add(
              String.join("\n", FeatureCatalogue.describe(surface, feature))
                  + "\n\n"
                  + SurfaceYaml.of(feature));
        }
      }
    }
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          file + ": features: none is named " + name + " (expected: one)");
    }
    print(String.join("\n", found));
    return 0;
  }

  @Command(
      name = "lint",
      description = {
        "What surface files should say of their features and do not.",
        "0: nothing is missing. 1: each finding is a line: surface, feature, field and rule."
      },
      mixinStandardHelpOptions = true)
  int lint(@Parameters(paramLabel = "FILE", description = FILE) Path file) {
    int features = 0;
    int findings = 0;
    for (SurfaceConfig surface : SurfaceFiles.read(file)) {
      features += surface.getFeaturesCount();
      for (FeatureLint.Finding finding : FeatureLint.of(surface)) {
        print(
            "%s: %s: %s (expected: %s)"
                .formatted(surface.getName(), finding.feature(), finding.field(), finding.rule()));
        findings++;
      }
    }
    print("%d features, %d findings".formatted(features, findings));
    return findings == 0 ? 0 : 1;
  }

  private void print(String text) {
    spec.commandLine().getOut().println(text);
    spec.commandLine().getOut().flush();
  }

  @Command(
      name = "suggest",
      description = {
        "Read a log of interactions and write a surface file with features that it has the data for.",
        "The log has an interaction a line, as JSON that Track takes, with event_time_millis.",
        "0: the file is written and passes lint. 1: the log cannot be read, or has no interaction."
      },
      mixinStandardHelpOptions = true)
  int suggest(
      @Parameters(paramLabel = "LOG", description = "The log; may be .gz.") Path log,
      @Parameters(paramLabel = "OUT", description = "The surface file to write; must not exist.")
          Path out,
      @Option(
              names = "--owner",
              required = true,
              paramLabel = "WHO",
              description = "Team or address that answers for the features.")
          String owner,
      @Option(
              names = "--surface",
              paramLabel = "NAME",
              description = "Surface whose interactions count (default: that of the first).")
          @Nullable String surface)
      throws IOException {
    if (owner.isBlank()) {
      throw new ParameterException(
          spec.commandLine(), "--owner: not given (expected: who answers for the features)");
    }
    if (Files.exists(out)) {
      throw new IllegalArgumentException(out + ": exists (expected: a new file)");
    }
    LiveScreen screen =
        new LiveScreen(spec.commandLine().getOut(), Terminal.isPresent(), LINE_EVERY_MILLIS);
    InteractionProfile profile = new InteractionProfile();
    String chosen = surface;
    long others = 0;
    try (InteractionLog interactions = InteractionLog.open(log)) {
      long read = 0;
      for (Interaction one = interactions.next(); one != null; one = interactions.next()) {
        chosen = chosen == null ? one.getSurface() : chosen;
        if (one.getSurface().equals(chosen)) {
          profile.add(one);
        } else {
          others++;
        }
        if (++read % INTERACTIONS_PER_LOOK == 0) {
          String line =
              String.format(
                  Locale.ROOT, "%3.0f %%  %d interactions", 100 * interactions.progress(), read);
          screen.show(List.of(line), line, System.nanoTime());
        }
      }
      screen.say("");
      screen.say(
          "%d interactions of %s, %d of other surfaces"
              .formatted(profile.count(), chosen == null ? "no surface" : chosen, others));
      interactions
          .bad()
          .forEach((rule, count) -> screen.say("  bad: %d  %s".formatted(count, rule)));
    }
    if (chosen == null || profile.count() == 0) {
      throw new IllegalArgumentException(log + ": no interaction to learn from (expected: some)");
    }
    FeatureSuggestions.Suggested suggested = FeatureSuggestions.of(profile, owner);
    SurfaceConfig config = surface(chosen, suggested.features());
    TextFile.write(out, SurfaceYaml.of(config));
    screen.say("%s: %d features".formatted(out, config.getFeaturesCount()));
    if (!suggested.leftOut().isEmpty()) {
      screen.say(
          "  left out, as a surface keeps at most %,d bytes of a user: %s"
              .formatted(FeatureKinds.MAX_STATE_BYTES, String.join(", ", suggested.leftOut())));
    }
    return 0;
  }

  /** A surface to begin with: a learner that sees the features, and uniform to compare with. */
  private static SurfaceConfig surface(String name, List<FeatureConfig> features) {
    SurfaceConfig config =
        SurfaceConfig.newBuilder()
            .setName(name)
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("learner")
                    .setVowpalWabbit(
                        VowpalWabbitPolicy.newBuilder()
                            .setArguments(
                                "--cb_explore_adf --epsilon 0.05 --cb_type mtr -q hi -q si")))
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("uniform")
                    .setUniform(UniformPolicy.getDefaultInstance()))
            .setLivePolicy("learner")
            .setReward(RewardConfig.getDefaultInstance())
            .addAllFeatures(features)
            .build();
    // What is said on the command line may break a rule, as the owner's length does.
    return Surface.of(config).config();
  }
}
