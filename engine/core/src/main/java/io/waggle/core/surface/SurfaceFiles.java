package io.waggle.core.surface;

import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Reads surfaces from YAML: one file, or every {@code *.yaml} and {@code *.yml} of a directory; a
 * file may hold several documents, each the JSON mapping of {@link SurfaceConfig}. The YAML is only
 * parsed, never turned into objects by its tags.
 */
public final class SurfaceFiles {
  /** Room for a table of 100,000 rows. */
  static final int MAX_CHARS = 32 * 1024 * 1024;

  /** Most surfaces that one read gives. */
  static final int MAX_SURFACES = 1000;

  private SurfaceFiles() {}

  /**
   * Reads, refusing unknown keys and broken rules. The files of a directory come by name.
   *
   * @throws IllegalArgumentException as {@code file: field: value (expected: ...), line N}, one
   *     line per broken rule; also when there is nothing to read
   */
  public static List<SurfaceConfig> read(Path fileOrDirectory) {
    List<SurfaceConfig> surfaces = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Path file : files(fileOrDirectory)) {
      for (SurfaceConfig surface : readFile(file)) {
        if (!names.add(surface.getName())) {
          throw new IllegalArgumentException(
              file + ": name: " + surface.getName() + " (expected: unique among the surfaces)");
        }
        surfaces.add(surface);
      }
    }
    if (surfaces.isEmpty() || surfaces.size() > MAX_SURFACES) {
      throw new IllegalArgumentException(
          fileOrDirectory
              + ": "
              + surfaces.size()
              + " surfaces (expected: 1 to "
              + MAX_SURFACES
              + ")");
    }
    return List.copyOf(surfaces);
  }

  /**
   * Reads one document.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...), line N}, one line per
   *     broken rule
   */
  public static SurfaceConfig parse(String yaml) {
    List<SurfaceConfig> surfaces = parseAll(yaml);
    if (surfaces.size() != 1) {
      throw new IllegalArgumentException("yaml: " + surfaces.size() + " documents (expected: one)");
    }
    return surfaces.get(0);
  }

  /**
   * Reads one policy: a file that is a policy as it stands among a surface's policies, its name
   * given or not, or a whole surface that has one of that name. Its rules are not checked.
   *
   * @throws IllegalArgumentException as {@code file: field: value (expected: ...)}
   */
  public static PolicyConfig readPolicy(Path file, String name) {
    String yaml = text(file);
    try {
      Node document = new Yaml(limits()).compose(new StringReader(yaml));
      PolicyConfig policy =
          hasKey(document, "policies") ? ofSurface(document, name) : policy(document, name);
      if (!policy.getName().equals(name)) {
        throw new IllegalArgumentException(
            "name: " + policy.getName() + " (expected: " + name + ")");
      }
      return policy;
    } catch (YAMLException e) {
      throw new IllegalArgumentException(file + ": " + problem(e), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static boolean hasKey(Node document, String key) {
    return document instanceof MappingNode mapping
        && mapping.getValue().stream()
            .anyMatch(
                entry ->
                    entry.getKeyNode() instanceof ScalarNode written
                        && written.getValue().equals(key));
  }

  private static PolicyConfig policy(Node document, String name) {
    PolicyConfig.Builder policy = PolicyConfig.newBuilder();
    new YamlMessages().fill(policy, document);
    return policy.getName().isEmpty() ? policy.setName(name).build() : policy.build();
  }

  private static PolicyConfig ofSurface(Node document, String name) {
    SurfaceConfig.Builder surface = SurfaceConfig.newBuilder();
    new YamlMessages().fill(surface, document);
    return surface.getPoliciesList().stream()
        .filter(policy -> policy.getName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "policies: none is named " + name + " (expected: one)"));
  }

  private static List<SurfaceConfig> parseAll(String yaml) {
    List<SurfaceConfig> surfaces = new ArrayList<>();
    try {
      for (Node document : new Yaml(limits()).composeAll(new StringReader(yaml))) {
        SurfaceConfig.Builder surface = SurfaceConfig.newBuilder();
        new YamlMessages().fill(surface, document);
        surfaces.add(checked(surface.build(), document));
      }
    } catch (YAMLException e) {
      throw new IllegalArgumentException(problem(e), e);
    }
    return surfaces;
  }

  /** What is no YAML, and in which line, without the excerpt that SnakeYAML draws. */
  private static String problem(YAMLException e) {
    return e instanceof MarkedYAMLException marked && marked.getProblemMark() != null
        ? "yaml: " + marked.getProblem() + ", line " + (marked.getProblemMark().getLine() + 1)
        : "yaml: " + e.getMessage();
  }

  private static SurfaceConfig checked(SurfaceConfig config, Node document) {
    try {
      Surface.of(config);
      return config;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(YamlLines.with(e.getMessage(), document), e);
    }
  }

  private static LoaderOptions limits() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARS);
    options.setMaxAliasesForCollections(50);
    options.setNestingDepthLimit(YamlMessages.MAX_DEPTH);
    return options;
  }

  private static List<SurfaceConfig> readFile(Path file) {
    String yaml = text(file);
    try {
      return parseAll(yaml);
    } catch (IllegalArgumentException e) {
      StringBuilder message = new StringBuilder();
      String.valueOf(e.getMessage())
          .lines()
          .forEach(line -> message.append(file).append(": ").append(line).append('\n'));
      throw new IllegalArgumentException(message.toString().strip(), e);
    }
  }

  private static String text(Path file) {
    try {
      long bytes = Files.size(file);
      if (bytes > MAX_CHARS) {
        throw new IllegalArgumentException(
            file + ": " + bytes + " bytes (expected: at most " + MAX_CHARS + ")");
      }
      return Files.readString(file);
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(file + ": not UTF-8 (expected: YAML in UTF-8)", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": not readable (expected: a YAML file)", e);
    }
  }

  private static List<Path> files(Path fileOrDirectory) {
    if (!Files.isDirectory(fileOrDirectory)) {
      return List.of(fileOrDirectory);
    }
    try (Stream<Path> entries = Files.list(fileOrDirectory)) {
      return entries
          .filter(path -> path.toString().endsWith(".yaml") || path.toString().endsWith(".yml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          fileOrDirectory + ": not readable (expected: a directory of YAML files)", e);
    }
  }
}
