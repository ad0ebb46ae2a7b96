package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Kubernetes' own kinds by its client's models: unknown fields, missing ones, wrong types. */
final class KindModels {
  /** Throws when the element is not of the kind. */
  private interface Model {
    void validate(JsonElement element) throws IOException;
  }

  private static final Map<String, Model> MODELS =
      Map.ofEntries(
          Map.entry("v1 ConfigMap", V1ConfigMap::validateJsonElement),
          Map.entry("v1 PersistentVolumeClaim", V1PersistentVolumeClaim::validateJsonElement),
          Map.entry("v1 Pod", V1Pod::validateJsonElement),
          Map.entry("v1 Service", V1Service::validateJsonElement),
          Map.entry("v1 ServiceAccount", V1ServiceAccount::validateJsonElement),
          Map.entry("apps/v1 StatefulSet", V1StatefulSet::validateJsonElement),
          Map.entry("policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement),
          Map.entry(
              "autoscaling/v2 HorizontalPodAutoscaler",
              V2HorizontalPodAutoscaler::validateJsonElement),
          Map.entry("networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy::validateJsonElement),
          Map.entry("rbac.authorization.k8s.io/v1 Role", V1Role::validateJsonElement),
          Map.entry(
              "rbac.authorization.k8s.io/v1 RoleBinding", V1RoleBinding::validateJsonElement));

  private KindModels() {}

  /** False: Kubernetes has no such kind in that version, or the chart has no business with it. */
  static boolean knows(JsonNode object) {
    return MODELS.containsKey(id(object));
  }

  static void check(JsonNode object, List<Finding> findings) {
    Model model = MODELS.get(id(object));
    if (model == null) {
      throw new IllegalArgumentException(id(object));
    }
    try {
      model.validate(JsonParser.parseString(object.toString()));
    } catch (IOException | IllegalArgumentException e) {
      findings.add(new Finding("kind", Manifests.label(object), String.valueOf(e.getMessage())));
    }
  }

  static String id(JsonNode object) {
    return object.path("apiVersion").asText() + " " + object.path("kind").asText();
  }
}
