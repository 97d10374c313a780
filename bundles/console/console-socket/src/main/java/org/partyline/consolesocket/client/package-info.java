/**
 * The client of the console's socket. It depends only on Java: the start script runs it with this one file on its class
 * path.
 */
package org.partyline.consolesocket.client;
