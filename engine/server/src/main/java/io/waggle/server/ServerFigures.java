package io.waggle.server;

import io.waggle.server.metric.Delays;

/**
 * Figures of a running service since its start.
 *
 * @param ranks rankings answered = decisionsLogged + decisionsDropped + decisionsPending
 * @param decisionsLogged decisions that Kafka has
 * @param decisionsDropped decisions lost because Kafka was away for too long
 * @param decisionsPending decisions on their way
 * @param rank parsed request to answer, without the network
 * @param rewardToServing newest reward of a model received to that model serving
 * @param interactionToSession event time of an interaction to its session being seen by Rank
 */
public record ServerFigures(
    long ranks,
    long decisionsLogged,
    long decisionsDropped,
    long decisionsPending,
    Delays.Summary rank,
    Delays.Summary rewardToServing,
    Delays.Summary interactionToSession) {}
