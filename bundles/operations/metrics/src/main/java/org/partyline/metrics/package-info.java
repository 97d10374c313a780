/** Tells Prometheus how the server is: rounded, once in a while, and on this machine only. */
package org.partyline.metrics;
