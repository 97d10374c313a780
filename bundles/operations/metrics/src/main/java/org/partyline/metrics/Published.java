package org.partyline.metrics;

/** What everybody is told until the next look. @param metrics in Prometheus' text format */
record Published(byte[] metrics, Health health) {}
