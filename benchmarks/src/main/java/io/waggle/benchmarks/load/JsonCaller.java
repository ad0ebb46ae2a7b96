package io.waggle.benchmarks.load;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import java.time.Duration;

/** JSON bytes by POST over HTTP/2, one connection a thread of the client; answers stay bytes. */
final class JsonCaller implements Caller {
  static final String RANK = "/v1/rank";

  /** The method of gRPC's health service, asked in JSON. */
  static final String NOTHING = "/grpc.health.v1.Health/Check";

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final ClientFactory factory;
  private final WebClient client;
  private final String path;
  private final byte[][] requests;

  JsonCaller(String host, int port, int connections, String path, byte[][] requests) {
    this.factory =
        ClientFactory.builder()
            .workerGroup(connections)
            .maxNumEventLoopsPerEndpoint(connections)
            .build();
    this.client =
        WebClient.builder("http://" + host + ":" + port)
            .factory(factory)
            .responseTimeout(DEADLINE)
            .build();
    this.path = path;
    this.requests = requests;
  }

  /** Asks and waits, for a look at the answer. */
  AggregatedHttpResponse ask(int number) {
    return client.execute(request(number)).aggregate().join();
  }

  private HttpRequest request(long number) {
    byte[] request = requests[(int) (number % requests.length)];
    return HttpRequest.of(HttpMethod.POST, path, MediaType.JSON, HttpData.wrap(request));
  }

  @Override
  public void send(long number, Ended ended) {
    var unused =
        client
            .execute(request(number))
            .aggregate()
            .whenComplete(
                (answer, problem) -> {
                  if (problem != null) {
                    ended.failed(problem);
                  } else if (!answer.status().equals(HttpStatus.OK)) {
                    ended.failed(new IllegalStateException(answer.contentUtf8()));
                  } else {
                    ended.answered();
                  }
                });
  }

  @Override
  public void close() {
    factory.close();
  }
}
