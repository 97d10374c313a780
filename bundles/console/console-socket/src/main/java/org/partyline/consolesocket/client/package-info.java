/** The client of the console's socket. It needs nothing but Java: the start script runs it with this one file on its class path. */
package org.partyline.consolesocket.client;
