package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.RankingServer;
import io.waggle.server.ServerSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The paths that probes and monitors may name are those that a running service answers. */
class ServedPathsTest {
  @TempDir Path views;

  @Test
  void theServiceAnswersWhatProbesAndMonitorsAsk() throws Exception {
    Surfaces surfaces =
        new Surfaces(
            SurfaceFiles.read(Path.of("config/surfaces")).stream().map(Surface::of).toList());
    // No broker listens there: the service answers all the same, and is not ready.
    try (RankingServer server =
        RankingServer.start(ServerSettings.of("127.0.0.1", 0, "127.0.0.1:9", views), surfaces)) {
      for (String path : ProcessRules.SERVED) {
        assertThat(status(server.port(), path)).as(path).isIn(200, 503);
      }
      assertThat(status(server.port(), "/health")).isEqualTo(200);
      assertThat(status(server.port(), "/ready")).isEqualTo(503);
      assertThat(status(server.port(), "/healthz")).isEqualTo(404);
    }
  }

  private static int status(int port, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
