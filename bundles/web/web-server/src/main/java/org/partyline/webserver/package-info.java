/** Answers HTTP requests of programs with a token and of logged-in browsers, on this machine only. */
package org.partyline.webserver;
