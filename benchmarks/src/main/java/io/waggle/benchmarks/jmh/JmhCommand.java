package io.waggle.benchmarks.jmh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.app.report.JsonFile;
import io.waggle.benchmarks.result.RunFacts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * JMH with settings that suit this project, its results beside the facts of the run: {@code waggle
 * bench jmh}. JMH's own options win; {@code java -jar} of the benchmarks' jar is JMH alone.
 */
@Command(
    name = "jmh",
    mixinStandardHelpOptions = true,
    description =
        "JMH benchmarks whose names contain one of those given (default: all), with options as JMH"
            + " has them, for example: jmh --quick Path -prof gc")
public final class JmhCommand implements Callable<Integer> {
  @Option(names = "--quick", description = "short, for a first look")
  private boolean quick;

  @Option(names = "--out", description = "result file (default: ${DEFAULT-VALUE})")
  private Path out = Path.of("benchmarks/target/jmh.json");

  @Parameters(paramLabel = "NAME|OPTION")
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    Map<String, Object> result =
        RunFacts.of("waggle bench jmh" + (quick ? " --quick " : " ") + String.join(" ", arguments));
    Path own = Files.createTempFile("waggle-jmh", ".json");
    try {
      CommandLineOptions told = new CommandLineOptions(arguments.toArray(String[]::new));
      Runner runner = new Runner(options(told, own));
      if (told.shouldList()) {
        runner.list();
        return 0;
      }
      if (runner.run().isEmpty()) {
        System.err.println("waggle: no benchmark ran");
        return 1;
      }
      JsonNode results = new ObjectMapper().readTree(own.toFile());
      result.put("jmh", results);
    } catch (NoBenchmarksException e) {
      throw new IllegalArgumentException(
          "NAME: %s (expected: a part of a benchmark's name; -l lists them)"
              .formatted(String.join(" ", arguments)),
          e);
    } catch (CommandLineOptionException e) {
      throw new IllegalArgumentException(
          "OPTION: %s (expected: options of JMH: %s)"
              .formatted(String.join(" ", arguments), e.getMessage()),
          e);
    } finally {
      Files.deleteIfExists(own);
    }
    JsonFile.write(out, result);
    System.out.printf("%nWritten to %s.%n", out);
    return 0;
  }

  private org.openjdk.jmh.runner.options.Options options(CommandLineOptions told, Path own) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .parent(told)
            .resultFormat(ResultFormatType.JSON)
            .result(own.toString());
    if (!told.getForkCount().hasValue()) {
      options.forks(1);
    }
    if (!told.getWarmupIterations().hasValue()) {
      options.warmupIterations(quick ? 1 : 3);
    }
    if (!told.getWarmupTime().hasValue()) {
      options.warmupTime(TimeValue.seconds(quick ? 1 : 2));
    }
    if (!told.getMeasurementIterations().hasValue()) {
      options.measurementIterations(quick ? 3 : 5);
    }
    if (!told.getMeasurementTime().hasValue()) {
      options.measurementTime(TimeValue.seconds(quick ? 1 : 2));
    }
    return options.build();
  }
}
