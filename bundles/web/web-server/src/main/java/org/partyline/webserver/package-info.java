/** Answers HTTP requests on this machine only, from programs that have a token. */
package org.partyline.webserver;
