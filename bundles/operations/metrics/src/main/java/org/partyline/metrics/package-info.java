/** Serves rounded, infrequently updated numbers to Prometheus, on this machine only. */
package org.partyline.metrics;
