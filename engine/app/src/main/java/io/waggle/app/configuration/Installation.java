package io.waggle.app.configuration;

import io.waggle.core.config.ConfigFile;
import io.waggle.jobs.job.JobConfig;
import io.waggle.server.ServiceConfig;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one installation: each is read with the parser of its process, then what they have
 * to agree on is compared. Problems are gathered, not thrown, so that one look shows all of them.
 */
public final class Installation {
  public static final String SESSION_JOB = "session-job.yaml";
  public static final String LEARNING_JOB = "learning-job.yaml";
  public static final String RANKING_SERVICE = "ranking-service.yaml";

  private static final List<String> FILES = List.of(SESSION_JOB, LEARNING_JOB, RANKING_SERVICE);

  private final Path directory;
  private final List<String> problems = new ArrayList<>();

  private Installation(Path directory) {
    this.directory = directory;
  }

  /** True: the directory holds the file of a process, so it is not one of surfaces. */
  public static boolean isIn(Path directory) {
    return FILES.stream().anyMatch(file -> Files.exists(directory.resolve(file)));
  }

  /**
   * What was found.
   *
   * @param surfaces the file or directory of surfaces that the processes name; null: none names one
   * @param problems {@code file: key: value (expected: ...)} each; empty: the files are good
   */
  public record Findings(@Nullable Path surfaces, List<String> problems) {
    public Findings {
      problems = List.copyOf(problems);
    }
  }

  /** Reads and compares the files of a directory. */
  public static Findings check(Path directory) {
    return new Installation(directory).findings();
  }

  private Findings findings() {
    JobConfig session = read(SESSION_JOB, JobConfig.class);
    JobConfig learning = read(LEARNING_JOB, JobConfig.class);
    ServiceConfig service = read(RANKING_SERVICE, ServiceConfig.class);
    if (session != null) {
      tryOut(SESSION_JOB, session::settings);
    }
    if (learning != null) {
      tryOut(LEARNING_JOB, learning::settings);
    }
    if (service != null) {
      tryOut(RANKING_SERVICE, service::settings);
    }
    if (session == null || learning == null || service == null) {
      return new Findings(null, problems);
    }
    agree(
        "bootstrapServers",
        addresses(session.bootstrapServers()),
        addresses(learning.bootstrapServers()),
        addresses(service.bootstrapServers()));
    agree(
        "kafkaClientFile",
        session.kafkaClientFile(),
        learning.kafkaClientFile(),
        service.kafkaClientFile());
    agree("surfaces", session.surfaces(), learning.surfaces(), service.surfaces());
    onlyTheLearningJob(session);
    apart(session, learning);
    registry(learning, service);
    return new Findings(service.surfaces(), problems);
  }

  private <T> @Nullable T read(String file, Class<T> recordClass) {
    Path path = directory.resolve(file);
    if (!Files.exists(path)) {
      problems.add(file + ": absent (expected: there, beside the others)");
      return null;
    }
    try {
      return ConfigFile.read(path, recordClass);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      problems.add(String.valueOf(e.getMessage()).replace(path.toString(), file));
      return null;
    }
  }

  private void tryOut(String file, Runnable settings) {
    try {
      settings.run();
    } catch (IllegalArgumentException e) {
      problems.add(file + ": " + e.getMessage());
    }
  }

  private static Set<String> addresses(@Nullable String servers) {
    return servers == null ? Set.of() : new TreeSet<>(Arrays.asList(servers.split(",")));
  }

  private void agree(
      String key, @Nullable Object session, @Nullable Object learning, @Nullable Object service) {
    if (!Objects.equals(session, learning)) {
      problems.add(
          "%s: %s: %s (expected: %s, as in %s)"
              .formatted(LEARNING_JOB, key, learning, session, SESSION_JOB));
    }
    if (!Objects.equals(session, service)) {
      problems.add(
          "%s: %s: %s (expected: %s, as in %s)"
              .formatted(RANKING_SERVICE, key, service, session, SESSION_JOB));
    }
  }

  private void onlyTheLearningJob(JobConfig session) {
    if (session.registry() != null) {
      problems.add(
          SESSION_JOB + ": registry: set (expected: absent, only the learning job keeps versions)");
    }
    if (session.decisionLog() != null) {
      problems.add(
          SESSION_JOB
              + ": decisionLog: set (expected: absent, only the learning job has joined decisions)");
    }
  }

  /** No two of the directories that jobs write are one, or one in the other. */
  private void apart(JobConfig session, JobConfig learning) {
    Map<String, URI> written = new LinkedHashMap<>();
    put(written, SESSION_JOB + ": checkpointDirectory", session.checkpointDirectory());
    put(written, LEARNING_JOB + ": checkpointDirectory", learning.checkpointDirectory());
    JobConfig.RegistryConfig registry = learning.registry();
    if (registry != null) {
      put(written, LEARNING_JOB + ": registry.directory", registry.directory());
    }
    JobConfig.DecisionLogConfig log = learning.decisionLog();
    if (log != null) {
      put(written, LEARNING_JOB + ": decisionLog.directory", log.directory());
    }
    List<Map.Entry<String, URI>> all = List.copyOf(written.entrySet());
    for (int i = 0; i < all.size(); i++) {
      for (int earlier = 0; earlier < i; earlier++) {
        if (overlap(all.get(i).getValue(), all.get(earlier).getValue())) {
          problems.add(
              "%s: %s (expected: apart from %s)"
                  .formatted(
                      all.get(i).getKey(), all.get(i).getValue(), all.get(earlier).getKey()));
        }
      }
    }
  }

  private static void put(Map<String, URI> written, String key, @Nullable URI directory) {
    if (directory != null) {
      written.put(key, directory);
    }
  }

  private static boolean overlap(URI one, URI other) {
    String first = folder(one);
    String second = folder(other);
    return first.startsWith(second) || second.startsWith(first);
  }

  private static String folder(URI directory) {
    String text = directory.normalize().toString().replaceFirst("^file:/+", "file:/");
    return text.endsWith("/") ? text : text + "/";
  }

  private void registry(JobConfig learning, ServiceConfig service) {
    Path read = service.registry();
    if (read == null) {
      return;
    }
    URI written =
        Stream.ofNullable(learning.registry())
            .map(JobConfig.RegistryConfig::directory)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    if (written == null) {
      problems.add(
          "%s: registry: %s (expected: absent, %s keeps no versions)"
              .formatted(RANKING_SERVICE, read, LEARNING_JOB));
    } else if ("file".equals(written.getScheme()) && !Path.of(written.getPath()).equals(read)) {
      problems.add(
          "%s: registry: %s (expected: %s, where %s keeps versions)"
              .formatted(RANKING_SERVICE, read, written.getPath(), LEARNING_JOB));
    }
  }
}
