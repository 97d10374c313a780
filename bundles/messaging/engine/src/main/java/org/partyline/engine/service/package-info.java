/** What a console, a web page or a program calls. */
package org.partyline.engine.service;
