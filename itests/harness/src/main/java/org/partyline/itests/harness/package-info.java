/**
 * Runs the packed distribution and Bitcoin nodes as processes of their own, so that tests meet them as an operator does: a
 * server by its start script and its console over SSH, a node by its RPC.
 */
package org.partyline.itests.harness;
