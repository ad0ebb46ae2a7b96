package io.waggle.app.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks Flink's REST interface for its jobs, and to stop one with a savepoint. Any thread. */
final class FlinkRest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int port;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  FlinkRest(int port) {
    this.port = port;
  }

  /**
   * A job.
   *
   * @param id hexadecimal
   * @param state as Flink names it
   * @param running tasks that run, of {@code tasks}
   */
  record JobState(String id, String state, int running, int tasks) {
    boolean allRunning() {
      return state.equals("RUNNING") && tasks > 0 && running == tasks;
    }
  }

  /**
   * A completed checkpoint.
   *
   * @param triggeredMillis when it was begun, epoch
   */
  record Checkpoint(long id, long triggeredMillis) {}

  /** Every job that the job manager knows; empty when it does not answer. */
  Optional<List<JobState>> jobs() throws InterruptedException {
    return get("/jobs/overview").map(FlinkRest::jobs);
  }

  private static List<JobState> jobs(JsonNode answer) {
    List<JobState> jobs = new ArrayList<>();
    for (JsonNode job : answer.path("jobs")) {
      jobs.add(
          new JobState(
              job.path("jid").asText(),
              job.path("state").asText(),
              job.path("tasks").path("running").asInt(),
              job.path("tasks").path("total").asInt()));
    }
    return jobs;
  }

  /** A job as the job manager has it; empty when it does not answer or does not have it. */
  Optional<JobState> job(ClusterJob job) throws InterruptedException {
    return jobs().flatMap(all -> find(all, job));
  }

  /** The job among those; empty where it is not. */
  static Optional<JobState> find(List<JobState> jobs, ClusterJob job) {
    return jobs.stream().filter(state -> state.id().equals(job.id().toHexString())).findFirst();
  }

  /** The newest checkpoint completed since the job manager started; empty where there is none. */
  Optional<Checkpoint> newestCheckpoint(ClusterJob job) throws InterruptedException {
    return get("/jobs/" + job.id().toHexString() + "/checkpoints")
        .map(answer -> answer.path("latest").path("completed"))
        .filter(JsonNode::isObject)
        .map(
            completed ->
                new Checkpoint(
                    completed.path("id").asLong(), completed.path("trigger_timestamp").asLong()));
  }

  /**
   * How far a savepoint has come.
   *
   * @param done false: it is being taken
   * @param location of its folder, a URI; empty unless it is done and well
   * @param failure why there is none; empty unless there is none
   */
  record Savepoint(boolean done, String location, String failure) {}

  /**
   * Asks for a job to be stopped with a savepoint in a folder.
   *
   * @param folder a URI
   * @return names the request; empty when the job manager does not take it
   */
  Optional<String> stop(ClusterJob job, URI folder) throws InterruptedException {
    ObjectNode body = JSON.createObjectNode();
    body.put("targetDirectory", folder.toString()).put("drain", false);
    HttpRequest request =
        request("/jobs/" + job.id().toHexString() + "/stop")
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    return answer(request).map(answer -> answer.path("request-id").asText());
  }

  /** The savepoint of such a request; empty when the job manager does not answer. */
  Optional<Savepoint> savepoint(ClusterJob job, String request) throws InterruptedException {
    return get("/jobs/" + job.id().toHexString() + "/savepoints/" + request)
        .map(
            answer ->
                new Savepoint(
                    answer.path("status").path("id").asText().equals("COMPLETED"),
                    answer.path("operation").path("location").asText(""),
                    answer.path("operation").path("failure-cause").path("class").asText("")));
  }

  /** How many task managers are registered; 0 when the job manager does not answer. */
  int taskManagers() throws InterruptedException {
    return get("/overview").map(answer -> answer.path("taskmanagers").asInt()).orElse(0);
  }

  private Optional<JsonNode> get(String path) throws InterruptedException {
    return answer(request(path).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(PATIENCE);
  }

  private Optional<JsonNode> answer(HttpRequest request) throws InterruptedException {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 || response.statusCode() == 202
          ? Optional.of(JSON.readTree(response.body()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
