package org.partyline.metrics;

/** The data that is served until the next measurement. @param metrics in Prometheus' text format */
record Published(byte[] metrics, Health health) {}
