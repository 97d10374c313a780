/**
 * Runs the packed distribution and Bitcoin nodes as separate processes, so that tests use them as an operator does: a
 * server by its start script and its console, a node by its RPC.
 */
package org.partyline.itests.harness;
